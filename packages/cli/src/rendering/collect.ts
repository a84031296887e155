/** For options that may be given several times: commander hands in the values so far. */
export function collect(value: string, values: readonly string[]): readonly string[] {
  return [...values, value];
}
