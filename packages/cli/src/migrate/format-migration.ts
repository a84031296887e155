// A migration for people: a diff that `git apply` takes, and a report of what was found.
import { createTwoFilesPatch } from 'diff';
import type { FileChange, HardCodedValue, MigrationPlan } from './migration.ts';

/** The changes as one unified diff. */
export function formatDiff(changes: readonly FileChange[]): string {
  return changes.map(formatChange).join('');
}

function formatChange({ path, before, after }: FileChange): string {
  const from = before === undefined ? '/dev/null' : `a/${path}`;
  const head = `diff --git a/${path} b/${path}\n${before === undefined ? 'new file mode 100644\n' : ''}`;
  const patch = createTwoFilesPatch(from, `b/${path}`, before ?? '', after, undefined, undefined, { context: 3 });
  return head + patch.replace(/^=+\n/, '');
}

/** What was found and what a person has to do, as text. */
export function formatReport({ values, notes, environments }: MigrationPlan): string {
  const done = values.filter(({ byHand }) => byHand === undefined);
  const left = values.filter(({ byHand }) => byHand !== undefined);
  const lines = [`Environments: ${environments.join(' → ')}\n`];
  lines.push(...formatValues('Values of one environment in code, replaced by variables', done));
  lines.push(...formatValues('Left for you', left));
  if (notes.length > 0) lines.push(`\nLook at these:\n${notes.map((note) => `  ${note}\n`).join('')}`);
  return lines.join('');
}

function formatValues(title: string, values: readonly HardCodedValue[]): readonly string[] {
  if (values.length === 0) return [];
  const lines = values.map(
    ({ path, line, column, text, variable, byHand }) =>
      `  ${path}:${line}:${column}  ${text}  ${byHand === undefined ? `→ ${variable}` : `(${byHand})`}\n`,
  );
  return [`\n${title} (${values.length}):\n`, ...lines];
}
