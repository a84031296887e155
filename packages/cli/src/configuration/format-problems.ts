import { type ConfigProblem, formatPlace, toPrintable } from '@towpath/core';

/** Exit code of a configuration that can't be used: EX_CONFIG, as in the attempt contract. */
export const EXIT_CONFIGURATION = 78;

/** What is worth knowing and stops nothing: two lines each. */
export function formatNotes(notes: readonly ConfigProblem[]): string {
  const lines = notes.flatMap(({ code, message, place, fix }) => [
    `· ${place === undefined ? '' : `${formatPlace(place)}  `}${code} ${message}`,
    `    fix: ${fix}`,
  ]);
  return lines.map((line) => `${toPrintable(line)}\n`).join('');
}

/** Problems for people: three lines each, and how many there are. */
export function formatProblems(problems: readonly ConfigProblem[]): string {
  const lines = problems.map(({ code, message, place, expected, received, fix }) => {
    const where = place === undefined ? '' : `${formatPlace(place)}  `;
    const got = received === undefined ? '' : `, received ${received}`;
    return [`✗ ${where}${code}`, `    ${message}`, `    expected ${expected}${got}`, `    fix: ${fix}`]
      .map(toPrintable)
      .join('\n');
  });
  return `${[...lines, `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}.`].join('\n')}\n`;
}
