// Which version of a datakit an environment may be asked for. What moves is for where people try things: a laptop has `latest`, a
// shared environment the tags it declares (document 000 has `development` in int), production none. An exact version or a digest may
// be asked for everywhere.
import type { EnvironmentKind } from '../environments/environment.ts';
import type { ErrorFacts } from '../errors/towpath-error.ts';
import { isExactVersion } from './compare-versions.ts';

/** What of an environment the rule looks at. */
export interface VersionPolicy {
  readonly name: string;
  readonly kind: EnvironmentKind;
  /** Declared: `floatingTags`. */
  readonly floatingTags: readonly string[];
}

/** Tags whose image may be another one tomorrow, as far as this environment takes them. */
export function listFloatingTags({ kind, floatingTags }: VersionPolicy): readonly string[] {
  // Declared ones, too: a declaration can't open what the kind closes.
  if (kind === 'production') return [];
  return kind === 'local' ? [...new Set(['latest', ...floatingTags])] : floatingTags.filter((tag) => tag !== 'latest');
}

/** Why this version (a tag, or `sha256:…`) may not be asked for; undefined when it may. */
export function judgeImageVersion(version: string, policy: VersionPolicy): ErrorFacts | undefined {
  if (/^sha256:[0-9a-f]{64}$/.test(version) || isExactVersion(version)) return undefined;
  const allowed = listFloatingTags(policy);
  if (allowed.includes(version)) return undefined;
  const besides = allowed.length === 0 ? '' : `, or ${allowed.join(', ')}`;
  return {
    code: 'IMAGE_TAG_FLOATING',
    message: `Environment ${policy.name} does not take the version ${JSON.stringify(version)}.`,
    cause: `Its kind is ${policy.kind}: what may be another image tomorrow is refused there${policy.kind === 'local' ? ', except for latest and what it declares' : ''}.`,
    fix: `Give an exact version such as 1.4.0, a digest (sha256:…)${besides}.${policy.kind === 'shared' ? ' `floatingTags` of the environment declares others.' : ''}`,
  };
}
