import type { ConfigurationView, ConfiguredValue } from '@towpath/api';

/** A variable, here and there; undefined: it is not there. */
export interface ComparedValue {
  readonly name: string;
  readonly here: ConfiguredValue | undefined;
  readonly there: ConfiguredValue | undefined;
  /** Other text, other mask, or only on one side. Where it comes from does not count. */
  readonly isDifferent: boolean;
}

/** Lays two configurations beside each other: the order of the first, then what only the second has. */
export function compareConfigurations(
  here: Pick<ConfigurationView, 'values'> | undefined,
  there: Pick<ConfigurationView, 'values'> | undefined,
): readonly ComparedValue[] {
  const own = new Map((here?.values ?? []).map((value) => [value.name, value]));
  const other = new Map((there?.values ?? []).map((value) => [value.name, value]));
  return [...new Set([...own.keys(), ...other.keys()])].map((name) => {
    const [a, b] = [own.get(name), other.get(name)];
    return { name, here: a, there: b, isDifferent: formatValue(a) !== formatValue(b) };
  });
}

/** What is shown of a value: its text, or the mask of a secret. */
export function formatValue(value: ConfiguredValue | undefined): string | undefined {
  return value && (value.text ?? value.mask ?? '');
}

/** `envFile, config/.env.int:3` */
export function describeSource({ source, place }: ConfiguredValue): string {
  return place === null ? source : `${source}, ${place.file}:${place.line}`;
}
