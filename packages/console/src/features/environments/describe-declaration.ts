import type { ConfigurationView, EnvironmentView, TargetIdentity } from '@towpath/api';
import { compareZones } from '@towpath/core';

/** A line of facts. */
export interface Fact {
  readonly label: string;
  readonly text: string;
}

/** What is declared of an environment; only what is there. */
export function describeDeclaration({ declaration, declared }: EnvironmentView): readonly Fact[] {
  if (declaration === null || declared === null) return [];
  const { executor, namespace, registry, stack, dbtTarget, zones, sizing, owns, notify } = declaration;
  const owned = Object.entries(owns).filter(([, patterns]) => patterns.length > 0);
  const facts: readonly [string, string | null][] = [
    ['Declared by', `${declared.by}, for project ${declared.project}`],
    ['Executor', executor],
    ['Namespace', namespace],
    ['Registry', registry],
    ['Stack', stack],
    ['dbt target', dbtTarget],
    ['Zones', formatPairs(Object.entries(zones).toSorted(([a], [b]) => compareZones(a, b)))],
    ['Sizing', formatPairs(Object.entries(sizing))],
    ['Owns', formatPairs(owned.map(([what, patterns]) => [what, patterns.join(' ')]))],
    ['Tells', notify.map(({ name, severities }) => `${name} of ${severities.join(', ')}`).join('; ')],
  ];
  return facts.flatMap(([label, text]) => (text ? [{ label, text }] : []));
}

function formatPairs(pairs: readonly (readonly [string, unknown])[]): string {
  return pairs.map(([key, value]) => `${key} ${String(value)}`).join(', ');
}

type Verdict = TargetIdentity['verdict'];

const VERDICTS: Readonly<Record<Verdict, (owner: string) => string>> = {
  own: () => 'is its own',
  claim: () => 'belongs to nobody yet; the first task claims it',
  borrowed: (owner) => `belongs to ${owner}, used because of --against-shared`,
  unclaimed: () => 'belongs to nobody; tasks that use it do not start',
  refused: (owner) => `belongs to ${owner}; tasks that use it do not start`,
  unreachable: () => 'did not answer; tasks that use it do not start',
};

/** A target in words, with whether tasks may use it as this environment's own. */
export function describeTarget(target: TargetIdentity): { readonly isGood: boolean; readonly words: string } {
  const { type, verdict, claimedBy } = target;
  const words = VERDICTS[verdict](claimedBy ?? 'another environment');
  return { isGood: verdict === 'own' || verdict === 'claim', words: `${type}, ${words}` };
}

/** Agents that resolved something else than the first: their hosts differ, and so will what tasks do. */
export function findDivergent(configurations: readonly ConfigurationView[]): readonly string[] {
  const [first, ...others] = configurations;
  return others.filter(({ hash }) => hash !== first?.hash).map(({ agent }) => agent);
}
