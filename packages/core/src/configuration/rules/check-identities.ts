// Two environments that name the same thing are one environment in disguise, unless the thing is shared.
import type { ConfigProblem } from '../configuration-problem.ts';
import { createProblem } from '../create-problem.ts';
import { describeValue } from '../mask.ts';
import type { ResolvedConfiguration, ResolvedValue } from '../resolved-configuration.ts';
import type { Resource } from '../resources/resource.ts';
import type { OwnershipTable } from './ownership.ts';

/** What of a configuration has an identity. */
export type IdentifiedConfiguration = Pick<ResolvedConfiguration, 'environment' | 'values'>;

/** One problem for each value whose identity an earlier environment has, too. */
export function checkIdentities(
  configurations: readonly IdentifiedConfiguration[],
  table: OwnershipTable,
): readonly ConfigProblem[] {
  const first = new Map<string, Holder>();
  return configurations.flatMap(({ environment, values }) =>
    [...values.values()].flatMap((value) => {
      const holder = { environment: environment.name, variable: value.name };
      const identities = listIdentities(value, table);
      const earlier = identities.map((identity) => first.get(identity)).find((one) => isOther(one, holder));
      for (const identity of identities) if (!first.has(identity)) first.set(identity, holder);
      return earlier === undefined ? [] : [describe(environment.name, value, earlier)];
    }),
  );
}

/** Who has an identity. */
interface Holder {
  readonly environment: string;
  readonly variable: string;
}

function isOther(earlier: Holder | undefined, holder: Holder): boolean {
  return earlier !== undefined && earlier.environment !== holder.environment;
}

// A shared host is no identity; a database on it is. A database on another host is another database.
function listIdentities({ resources }: ResolvedValue, table: OwnershipTable): readonly string[] {
  const places = resources.filter(({ role, kind }) => role === 'place' && kind !== 'urls');
  return places.flatMap((place) => {
    const key = `${place.kind} ${place.names.at(-1)?.toLowerCase()}`;
    if (!table.isShared(place)) return [key];
    return resources
      .filter((resource) => isInside(resource) && !table.isShared(resource))
      .map((inside) => `${key} ${inside.names[0]?.toLowerCase()}`);
  });
}

function isInside({ role }: Resource): boolean {
  return role === 'inside';
}

function describe(environment: string, value: ResolvedValue, earlier: Holder): ConfigProblem {
  return createProblem({
    code: 'IDENTITY_SHARED',
    environment,
    variable: value.name,
    place: value.place,
    expected: `something else than what ${earlier.variable} names in ${earlier.environment}`,
    received: describeValue(value),
    message: `${value.name} names the same as ${earlier.variable} in ${earlier.environment}.`,
  });
}
