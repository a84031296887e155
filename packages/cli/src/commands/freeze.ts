import { type Client, DeclareFreeze, type FreezeView, GetCalendar, GetCalendarFeed, LiftFreeze } from '@towpath/api';
import type { Command } from 'commander';
import type { z } from 'zod';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { withSuggestions } from '../connection/suggest-name.ts';
import type { CommandContext } from '../context.ts';
import { parseInstant } from '../rendering/parse-instant.ts';
import { formatTable } from '../rendering/table.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly json?: boolean;
}

/** `npx towpath freeze`: when environments are closed to promotions, by calendar or by somebody's word. */
export const registerFreeze: RegisterCommand = (program, context) => {
  const freeze = program
    .command('freeze')
    .description('Say when an environment is closed to promotions and when it opens next; close it, open it again.');
  registerShow(freeze, context);
  registerDeclare(freeze, context);
  registerLift(freeze, context);
};

interface ShowOptions extends Options {
  readonly at?: string;
  readonly ics?: boolean;
}

function registerShow(freeze: Command, context: CommandContext): void {
  const command = freeze
    .command('show')
    .description('Show what closes an environment now or at another moment, when it opens next, and declared freezes.')
    .argument('<environment>', 'environment')
    .option('--at <instant>', 'another moment than now', parseInstant)
    .option('--ics', 'print what closes it within a year as iCalendar, for other calendars to show')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath freeze show prod --at 2026-12-22T10:00Z');
  addConnectionOptions(command).action(async (environment: string, options: ShowOptions) => {
    const client = connect(context, options);
    if (options.ics) return context.out(await readFeed(client, environment));
    const input = { params: { environment }, query: { at: options.at } };
    const calendar = await withSuggestions(client, { environment }, () => client.call(GetCalendar, input));
    context.out(options.json ? `${JSON.stringify(calendar, null, 2)}\n` : formatCalendar(environment, calendar));
  });
}

/** As bytes: the ends of its lines are part of the format. */
async function readFeed(client: Client, environment: string): Promise<Uint8Array> {
  const input = { params: { environment } };
  const response = await withSuggestions(client, { environment }, () => client.send(GetCalendarFeed, input));
  return new Uint8Array(await response.arrayBuffer());
}

interface DeclareOptions extends Options {
  readonly reason: string;
  readonly from?: string;
  readonly until?: string;
}

function registerDeclare(freeze: Command, context: CommandContext): void {
  const command = freeze
    .command('declare')
    .description('Close an environment to promotions; rollbacks go through.')
    .argument('<environment>', 'environment')
    .requiredOption('--reason <text>', 'why; shown to everybody who waits')
    .option('--from <instant>', 'when it begins (default: now)', parseInstant)
    .option('--until <instant>', 'when it ends (default: when it is lifted)', parseInstant)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath freeze declare prod --reason "incident 4711"');
  addConnectionOptions(command).action(async (environment: string, options: DeclareOptions) => {
    const client = connect(context, options);
    const body = { environment, reason: options.reason, startsAt: options.from, endsAt: options.until };
    const declared = await withSuggestions(client, { environment }, () => client.call(DeclareFreeze, { body }));
    context.out(options.json ? `${JSON.stringify(declared, null, 2)}\n` : `${describe(declared)}\n`);
  });
}

function registerLift(freeze: Command, context: CommandContext): void {
  const command = freeze
    .command('lift')
    .description('End a declared freeze.')
    .argument('<id>', 'id of the freeze; `npx towpath freeze show` lists them')
    .option('--why <text>', 'reason; kept in the audit')
    .option('--json', 'print JSON');
  addConnectionOptions(command).action(async (freezeId: string, options: Options & { readonly why?: string }) => {
    const body = { why: options.why };
    const lifted = await connect(context, options).call(LiftFreeze, { params: { freezeId }, body });
    context.out(options.json ? `${JSON.stringify(lifted, null, 2)}\n` : `${describe(lifted)}\n`);
  });
}

function describe({ environment, reason, startsAt, endsAt, liftedAt }: FreezeView): string {
  if (liftedAt !== null) return `${environment}: ${reason}: lifted at ${liftedAt}.`;
  return `${environment} is closed from ${startsAt} ${endsAt === null ? 'until it is lifted' : `until ${endsAt}`}: ${reason}.`;
}

function formatCalendar(environment: string, calendar: z.output<(typeof GetCalendar)['reply']>): string {
  const { at, timeZone, closures, nextOpen, openUntil, freezes } = calendar;
  const state = closures.length === 0 ? 'open' : `closed: ${closures.map(({ name }) => name).join(', ')}`;
  const lines = [`${environment} at ${at} (${timeZone}): ${state}.`];
  if (openUntil !== null) lines.push(`It closes at ${openUntil}.`);
  if (closures.length > 0) lines.push(nextOpen === null ? 'When it opens is not known.' : `It opens at ${nextOpen}.`);
  const rows = freezes.map(({ id, reason, startsAt, endsAt, declaredBy }) => [
    id,
    startsAt,
    endsAt ?? '',
    declaredBy,
    reason,
  ]);
  const table = rows.length > 0 ? `\n${formatTable(['ID', 'FROM', 'UNTIL', 'BY', 'REASON'], rows)}` : '';
  return `${lines.join('\n')}\n${table}`;
}
