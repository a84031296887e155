// Placeholders in the words of a command and in variables: `{{ parameters.day }}`, `{{ run.logicalDate }}`. They are filled
// after the command was split, so a value stays one word whatever is in it, and no shell ever reads it.
import type { ParameterValue, ParameterValues } from './parameters.ts';

/** What a placeholder may name besides parameters. */
export const RUN_FIELDS = {
  id: 'Identity of the run.',
  number: 'Number of the run, as people see it.',
  logicalTime: 'Instant the run stands for: the slot of its schedule, else when it was planned (RFC 3339, UTC).',
  logicalDate: 'The day of that instant, in the time zone of the schedule; UTC without one.',
} as const;

export type RunField = keyof typeof RUN_FIELDS;

/** What placeholders are filled from. */
export interface PlaceholderValues {
  readonly parameters: ParameterValues;
  readonly run: Readonly<Record<RunField, string>>;
}

const PLACEHOLDER = /\{\{ *(parameters|run)\.([A-Za-z_][A-Za-z0-9_]*) *\}\}/g;

/** Names in a text that neither a parameter nor a field of the run has. */
export function listUnknownPlaceholders(text: string, parameterNames: readonly string[]): readonly string[] {
  return [...text.matchAll(PLACEHOLDER)].flatMap(([, scope = '', name = '']) => {
    const known = scope === 'run' ? Object.keys(RUN_FIELDS) : parameterNames;
    return known.includes(name) ? [] : [`${scope}.${name}`];
  });
}

/** Fills the placeholders of a text; lists are joined by commas. What is not known stays as it is. */
export function fillPlaceholders(text: string, { parameters, run }: PlaceholderValues): string {
  return text.replace(PLACEHOLDER, (whole, scope: string, name: string) => {
    const value: ParameterValue | undefined = scope === 'run' ? pick(run, name) : pick(parameters, name);
    return value === undefined ? whole : formatValue(value);
  });
}

function pick<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function formatValue(value: ParameterValue): string {
  return typeof value === 'object' ? value.join(',') : String(value);
}
