import type { ConfigurationView, ConfiguredValue } from '@towpath/api';

/** A variable, here and there; undefined: it is not there. */
export interface ComparedValue {
  readonly name: string;
  readonly here: ConfiguredValue | undefined;
  readonly there: ConfiguredValue | undefined;
  readonly difference: Difference;
}

/**
 * Other text, other mask, or only on one side; where it comes from does not count. `follows`: from the environment's name, on
 * both sides, so it says nothing. `allowed` and `red` as `towpath parity` has them; `unjudged`: an older agent did not say.
 */
export type Difference = 'none' | 'follows' | 'allowed' | 'red' | 'unjudged';

/** Lays two configurations beside each other: the order of the first, then what only the second has. */
export function compareConfigurations(
  here: Pick<ConfigurationView, 'values'> | undefined,
  there: Pick<ConfigurationView, 'values'> | undefined,
): readonly ComparedValue[] {
  const own = new Map((here?.values ?? []).map((value) => [value.name, value]));
  const other = new Map((there?.values ?? []).map((value) => [value.name, value]));
  return [...new Set([...own.keys(), ...other.keys()])].map((name) => {
    const [a, b] = [own.get(name), other.get(name)];
    return { name, here: a, there: b, difference: judgeDifference(a, b) };
  });
}

const FOLLOWING: readonly string[] = ['derived', 'computed'];

function judgeDifference(here: ConfiguredValue | undefined, there: ConfiguredValue | undefined): Difference {
  if (formatValue(here) === formatValue(there)) return 'none';
  if (here && there && FOLLOWING.includes(here.source) && FOLLOWING.includes(there.source)) return 'follows';
  const mayDiffer = here?.mayDiffer ?? there?.mayDiffer;
  if (mayDiffer === undefined) return 'unjudged';
  return mayDiffer ? 'allowed' : 'red';
}

const COUNTED: readonly (readonly [Difference, (count: number) => string])[] = [
  ['red', (count) => `${count} must not differ`],
  ['unjudged', (count) => (count === 1 ? '1 differs' : `${count} differ`)],
  ['allowed', (count) => `${count} may differ`],
  ['follows', (count) => `${count} ${count === 1 ? 'follows' : 'follow'} from the environment`],
];

/** `1 must not differ, 2 may differ, 10 follow from the environment.` */
export function describeDifferences(compared: readonly ComparedValue[]): string {
  const parts = COUNTED.flatMap(([kind, say]) => {
    const count = compared.filter(({ difference }) => difference === kind).length;
    return count === 0 ? [] : [say(count)];
  });
  return parts.length === 0 ? 'Nothing differs.' : `${parts.join(', ')}.`;
}

/** What is shown of a value: its text, or the mask of a secret. */
export function formatValue(value: ConfiguredValue | undefined): string | undefined {
  return value && (value.text ?? value.mask ?? '');
}

/** `envFile, config/.env.int:3` */
export function describeSource({ source, place }: ConfiguredValue): string {
  return place === null ? source : `${source}, ${place.file}:${place.line}`;
}
