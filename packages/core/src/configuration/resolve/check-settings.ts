// What an environment says besides its variables and targets: its registry, where its secrets lie, whom it tells. None of it may be
// another environment's either; that nobody owns it is no problem.
import type { ConfigProblem } from '../configuration-problem.ts';
import type { EnvironmentDeclaration } from '../declaration.ts';
import { parseValue } from '../resources/parse-value.ts';
import type { OwnershipTable } from '../rules/ownership.ts';
import { isSecretReference } from '../secret-reference.ts';
import type { ValueType } from '../value-type.ts';
import { checkOwner } from './check-owner.ts';

interface Setting {
  readonly name: string;
  readonly type: ValueType;
  readonly text: string;
}

/** Problems of settings that name what another environment owns. */
export function checkSettings(table: OwnershipTable, environment: EnvironmentDeclaration): readonly ConfigProblem[] {
  return listSettings(environment).flatMap(({ name, type, text }) => {
    const parsed = isSecretReference(text) ? undefined : parseValue(type, text);
    if (parsed === undefined || 'expected' in parsed) return [];
    const resources = parsed.resources.map((resource) => ({ ...resource, role: 'actor' as const }));
    // An address of a sink is often a secret as a whole.
    const owned = { name, type, text, isSecret: name.startsWith('notify.'), place: environment.place, resources };
    return checkOwner(table, environment, owned) ?? [];
  });
}

/** Options of providers that say where secrets are. Of `folder` Delinea's is judged with each name in it. */
const PLACES: Readonly<Record<string, ValueType>> = {
  folder: 'path',
  url: 'url',
  endpoint: 'url',
  apiServer: 'url',
  namespace: 'namespace',
  passwordFile: 'path',
  tokenFile: 'path',
};

function listSettings({ registry, secrets, notify }: EnvironmentDeclaration): readonly Setting[] {
  const options = Object.entries(secrets?.options ?? {}).flatMap(([key, text]): readonly Setting[] => {
    const type = Object.hasOwn(PLACES, key) ? PLACES[key] : undefined;
    return type === undefined || typeof text !== 'string' ? [] : [{ name: `secrets.${key}`, type, text }];
  });
  const sinks = notify.flatMap(({ name, url }): readonly Setting[] =>
    url === undefined ? [] : [{ name: `notify.${name}.url`, type: 'url', text: url }],
  );
  // A registry that is a URL is judged as TOWPATH_REGISTRY.
  if (registry === undefined || registry.includes('://')) return [...options, ...sinks];
  return [{ name: 'registry', type: 'url', text: `https://${registry}` }, ...options, ...sinks];
}
