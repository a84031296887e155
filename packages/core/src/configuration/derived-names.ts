// Names that follow from the environment's own. One selector decides all of them.

/** Layers whose zone every environment has. */
export const STANDARD_ZONES = ['bronze', 'silver', 'gold'] as const;

const ZONE_ORDER: readonly string[] = STANDARD_ZONES;

/** Orders zones as data goes through them, for sorting; others come last. What passed a database has no order of its own. */
export function compareZones(a: string, b: string): number {
  const rank = (zone: string): number => (ZONE_ORDER.indexOf(zone) + ZONE_ORDER.length + 1) % (ZONE_ORDER.length + 1);
  return rank(a) - rank(b);
}

/** A name as DNS labels and buckets allow it: lower case, with `-` for anything else; may be longer than 63. */
export function toDnsName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9-]+/g, '-');
}

/** `finks-dev` */
export function deriveNamespace(project: string, environment: string): string {
  return `${project}-${toDnsName(environment)}`;
}

/** `dev-bronze-zone` */
export function deriveZone(environment: string, zone: string): string {
  return `${toDnsName(environment)}-${toDnsName(zone)}-zone`;
}

/** `bronze_dev`: the database of a layer where no target names one. */
export function deriveDatabase(environment: string, zone: string): string {
  return `${zone}_${environment}`.toLowerCase().replace(/[^a-z0-9_]+/g, '_');
}

/** Variables that hold derived names; nobody declares them. A zone's are `TOWPATH_<ZONE>_ZONE` and `TOWPATH_<ZONE>_DATABASE`. */
export const DERIVED_VARIABLES = {
  environment: 'ENVIRONMENT',
  dbtTarget: 'DBT_TARGET',
  namespace: 'TOWPATH_NAMESPACE',
  registry: 'TOWPATH_REGISTRY',
  stack: 'TOWPATH_STACK',
} as const;

/** Variables about a target or zone begin so: `BRONZE_HOST`, `BRONZE_PORT`, … of target `bronze`. */
export function variablePrefixOf(name: string): string {
  return `${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_`;
}

/**
 * True for the variables that hold derived names: every attempt gets them. Not for others that begin with `TOWPATH_`, which
 * are the platform's own, credentials among them.
 */
export function isDerivedVariable(name: string): boolean {
  return DERIVED.has(name) || /^TOWPATH_[A-Z0-9_]+_(?:ZONE|DATABASE)$/.test(name);
}

const DERIVED: ReadonlySet<string> = new Set(Object.values(DERIVED_VARIABLES));

/** True for names that a project can't declare. */
export function isReservedVariable(name: string): boolean {
  return name === 'ENVIRONMENT' || name === 'DBT_TARGET' || name.startsWith('TOWPATH_');
}
