// The options that every loading command has.
import { type Command, InvalidArgumentError } from 'commander';
import { TABLE_SETTINGS } from '../settings/table-settings.ts';

/** A reader's transaction usually ends within this; an ingestion that waits longer had better be tried again later. */
export const LOCK_TIMEOUT_SECONDS = 60;

/** Adds them, those of `TABLE_SETTINGS` first. */
export function addLoadOptions(command: Command): Command {
  for (const { flag, description } of TABLE_SETTINGS) command.option(flag, lowerFirst(description));
  return command
    .option('--column <option>', 'as <column>:<option>=<value>, e.g. "Notes:characters=strip"; repeatable', collect, [])
    .option('--full-refresh', 'read everything, whatever the cursor says')
    .option('--target-schema <name>', 'schema in the warehouse', 'bronze')
    .option(
      '--lock-timeout <seconds>',
      'longest wait for another ingestion, or for readers',
      parseCount,
      LOCK_TIMEOUT_SECONDS,
    )
    .option('-m, --metadata', 'print what is recorded of each table as a line of JSON');
}

/** A whole number. */
export function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** Collects a repeated option. */
export function collect(text: string, texts: readonly string[]): string[] {
  return [...texts, text];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
