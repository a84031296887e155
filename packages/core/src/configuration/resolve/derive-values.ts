// Variables that hold the names which follow from the environment.

import type { EnvironmentDeclaration } from '../declaration.ts';
import { DERIVED_VARIABLES, deriveDatabase, variablePrefixOf } from '../derived-names.ts';
import type { ResolvedValue } from '../resolved-configuration.ts';
import { parseValue } from '../resources/parse-value.ts';
import type { ValueType } from '../value-type.ts';

/** `ENVIRONMENT`, `DBT_TARGET`, `TOWPATH_…` of an environment. The registry is absent where none is known. */
export function deriveValues(environment: EnvironmentDeclaration): readonly ResolvedValue[] {
  const { name, dbtTarget, namespace, registry, stack, zones } = environment;
  const names: readonly (readonly [string, string | undefined, ValueType])[] = [
    [DERIVED_VARIABLES.environment, name, 'string'],
    [DERIVED_VARIABLES.dbtTarget, dbtTarget, 'string'],
    [DERIVED_VARIABLES.namespace, namespace, 'namespace'],
    [DERIVED_VARIABLES.registry, registry, 'string'],
    [DERIVED_VARIABLES.stack, stack, 'string'],
    ...[...zones.keys()].flatMap((zone) => deriveZoneValues(environment, zone)),
  ];
  return names.flatMap(([variable, text, type]) =>
    text === undefined ? [] : [toDerived(environment, variable, text, type)],
  );
}

function deriveZoneValues(
  environment: EnvironmentDeclaration,
  zone: string,
): readonly (readonly [string, string | undefined, ValueType])[] {
  const prefix = `TOWPATH_${variablePrefixOf(zone)}`;
  const target = environment.targets.get(zone);
  const database = target?.type === 'postgres' ? target.database : deriveDatabase(environment.name, zone);
  return [
    [`${prefix}ZONE`, environment.zones.get(zone), 'bucket'],
    [`${prefix}DATABASE`, database.includes('${') ? undefined : database, 'database'],
  ];
}

// A derived name that nobody uses needs no owner; what another environment owns is refused all the same.
function toDerived(environment: EnvironmentDeclaration, name: string, text: string, type: ValueType): ResolvedValue {
  const parsed = parseValue(type, text);
  const resources =
    'expected' in parsed ? [] : parsed.resources.map((resource) => ({ ...resource, role: 'actor' as const }));
  return {
    name,
    text,
    isSecret: false,
    source: 'derived',
    place: environment.place,
    type,
    rules: [],
    overridden: [],
    resources,
  };
}
