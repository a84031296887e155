// `quarantine list | fix | ignore | replay`: rows that were put aside, looked at, mended, left out, loaded.
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Client } from 'pg';
import { connectBronze, translateBronzeError } from '../bronze/connect-bronze.ts';
import { ensureControlTables } from '../bronze/control-tables.ts';
import { fixRow } from '../quarantine/fix-row.ts';
import { ignoreRows } from '../quarantine/ignore-rows.ts';
import { listQuarantined, QUARANTINE_STATES, type QuarantinedEntry } from '../quarantine/quarantined-row.ts';
import { replayRows } from '../quarantine/replay-rows.ts';
import { identifyAttempt } from '../settings/attempt-identity.ts';
import { type CliOptions, readConfiguration } from '../settings/configuration.ts';
import { readBronzeSettings } from '../settings/read-settings.ts';
import type { CommandContext } from './command-context.ts';
import { collect, LOCK_TIMEOUT_SECONDS, parseCount } from './load-options.ts';

interface Common extends CliOptions {
  readonly targetSchema: string;
}

/** Adds the commands. */
export function addQuarantine(program: Command, context: CommandContext): void {
  const quarantine = program
    .command('quarantine')
    .description('rows that bronze could not hold: list, fix, ignore, replay')
    .option('--target-schema <name>', 'schema in the warehouse', 'bronze');
  addList(quarantine, context);
  addFix(quarantine, context);
  addIgnore(quarantine, context);
  addReplay(quarantine, context);
}

interface ListOptions extends Common {
  readonly target?: string;
  readonly run?: string;
  readonly batch?: string;
  readonly status?: string;
  readonly limit: number;
  readonly output: 'table' | 'json';
}

// A terminal's worth; who wants all asks for more.
const LISTED = 100;

function addList(parent: Command, context: CommandContext): void {
  parent
    .command('list')
    .description('show rows with their key, column, reason and value')
    .option('--target <table>', 'of this bronze table, for example bronze.dbo_products')
    .option('--run <id>', 'of this run')
    .option('--batch <id>', 'of this batch')
    .addOption(new Option('--status <state>', 'in this state').choices(QUARANTINE_STATES))
    .option('--limit <count>', 'at most this many', parseCount, LISTED)
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'))
    .action((_own: unknown, self: Command) => {
      const options = self.optsWithGlobals<ListOptions>();
      return withBronze(context, options, async (client) => {
        const entries = await listQuarantined(client, options.targetSchema, {
          ...{ target: options.target, runId: options.run, batchId: options.batch, status: options.status },
          limit: options.limit,
        });
        if (options.output === 'json') context.print(JSON.stringify(entries, null, 2));
        else for (const line of formatEntries(entries)) context.print(line);
      });
    });
}

function formatEntries(entries: readonly QuarantinedEntry[]): string[] {
  const rows = entries.map((entry) => {
    const key = entry.key ? JSON.stringify(entry.key) : `row ${entry.rowNumber} of its batch`;
    const bad = entry.bad.map(
      ({ column, code, message, text }) => `${column}: ${code}, ${message}: ${text ?? 'not kept'}`,
    );
    return `${entry.id}  ${entry.status}  ${entry.target}  ${key}  ${bad.join('; ')}`;
  });
  return [...rows, `${entries.length} ${entries.length === 1 ? 'row' : 'rows'}`];
}

interface FixOptions extends Common {
  readonly set: readonly (readonly [string, string])[];
  readonly setNull: readonly string[];
  readonly note?: string;
}

function addFix(parent: Command, context: CommandContext): void {
  parent
    .command('fix')
    .description('give the bad values of a row good ones; replay loads them')
    .argument('<id>', 'as list shows it', parseId)
    .option('--set <column=value>', 'a value by bronze column; repeatable', collectPair, [])
    .option('--set-null <column>', 'NULL; repeatable', collect, [])
    .option('--note <text>', 'why')
    .addHelpText(
      'after',
      '\nExample:\n  datakit-sqlserver quarantine fix 7 --set name=Smith --note "typo at the source"',
    )
    .action((id: string, _own: unknown, self: Command) => {
      const options = self.optsWithGlobals<FixOptions>();
      const values = Object.fromEntries([...options.set, ...options.setNull.map((column) => [column, null] as const)]);
      return withBronze(context, options, async (client) => {
        await fixRow(client, options.targetSchema, { id, values, note: options.note, by: whoAmI() });
        context.print(
          `row ${id} is fixed; \`quarantine replay\` loads it, and so does each load as long as its source row is the same`,
        );
      });
    });
}

interface IgnoreOptions extends Common {
  readonly note: string;
}

function addIgnore(parent: Command, context: CommandContext): void {
  parent
    .command('ignore')
    .description('leave rows out for as long as they are the same')
    .argument('<ids...>', 'as list shows them', collectIds, [])
    .requiredOption('--note <text>', 'why')
    .action((ids: readonly string[], _own: unknown, self: Command) => {
      const options = self.optsWithGlobals<IgnoreOptions>();
      return withBronze(context, options, async (client) => {
        await ignoreRows(client, options.targetSchema, { ids, note: options.note, by: whoAmI() });
        context.print(`${ids.length} ${ids.length === 1 ? 'row is' : 'rows are'} ignored`);
      });
    });
}

interface ReplayOptions extends Common {
  readonly lockTimeout: number;
}

function addReplay(parent: Command, context: CommandContext): void {
  parent
    .command('replay')
    .description('load the fixed rows of a table, all or none')
    .argument('<target>', 'the bronze table, for example bronze.dbo_products')
    .option('--lock-timeout <seconds>', 'longest wait for an ingestion of it', parseCount, LOCK_TIMEOUT_SECONDS)
    .action((target: string, _own: unknown, self: Command) => {
      const options = self.optsWithGlobals<ReplayOptions>();
      return withBronze(context, options, async (client) => {
        // Each replay is a batch of its own, in one task too: the rows' states keep them from being loaded twice.
        const identity = { ...identifyAttempt(context.env, target), batchId: randomUUID() };
        const { lockTimeout: lockTimeoutSeconds } = options;
        const { replayed, waiting } = await replayRows(client, { target, identity, lockTimeoutSeconds, by: whoAmI() });
        const later = waiting > 0 ? `; ${waiting} fixed again wait for the next load` : '';
        context.print(`${target}: ${replayed} ${replayed === 1 ? 'row' : 'rows'} replayed${later}`);
      });
    });
}

async function withBronze(
  context: CommandContext,
  options: Common,
  use: (client: Client) => Promise<void>,
): Promise<void> {
  const settings = readBronzeSettings((await readConfiguration(context.env, options)).env);
  const client = await connectBronze(settings);
  try {
    await ensureControlTables(client, options.targetSchema);
    await use(client);
  } catch (error) {
    throw translateBronzeError(error, settings);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function whoAmI(): string {
  return userInfo().username;
}

function parseId(text: string): string {
  if (!/^\d{1,18}$/.test(text)) throw new InvalidArgumentError('It must be the number that list shows.');
  return text;
}

function collectIds(text: string, ids: readonly string[]): string[] {
  return [...ids, parseId(text)];
}

function collectPair(text: string, pairs: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be column=value.');
  return [...pairs, [text.slice(0, at), text.slice(at + 1)]];
}
