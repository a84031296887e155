/**
 * One problem for each option that nothing reads: a mistyped `idempotant` would otherwise be left out without a word,
 * since pipelines run without a type checker. `known` lists what is read.
 */
export function checkKnownOptions(options: object, known: readonly string[]): string[] {
  return Object.keys(options)
    .filter((name) => !known.includes(name))
    .map((name) => `there is no option ${JSON.stringify(name)}; there are ${known.join(', ')}`);
}
