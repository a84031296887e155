import { type AuditEntryView, ListAudit } from '@towpath/api';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { findNamedEnvironment } from '../connection/select-on-server.ts';
import { parseCount } from '../rendering/parse-count.ts';
import { parseSince } from '../rendering/parse-since.ts';
import { formatTable } from '../rendering/table.ts';
import { registerAuditCheckpoint } from './audit-checkpoint.ts';
import { registerAuditExport } from './audit-export.ts';
import { registerAuditVerify } from './audit-verify.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly environment?: string;
  readonly actor?: string;
  readonly action?: string;
  readonly subject?: string;
  readonly since?: string;
  readonly until?: string;
  readonly text?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** `npx towpath audit`: who decided what; its subcommands prove that nobody changed it. */
export const registerAudit: RegisterCommand = (program, context, exitWith) => {
  const audit = program
    .command('audit')
    .description('List decisions, newest first: who, what, when and why.')
    .option('--environment <name>', 'only those about this environment')
    .option('--actor <name>', 'only those of this person, agent or policy')
    .option('--action <word>', 'only this action (run.cancelled), or all that begin with it (run)')
    .option('--subject <name>', 'only those about this run, pool, agent …: its name or id')
    .option('--since <time>', 'only from then on: 2026-01-31, an instant, or an age such as 2h or 7d', parseSince)
    .option('--until <time>', 'only those before: a day, an instant or an age, as with --since', parseSince)
    .option('--text <words>', 'only those that hold this anywhere: who, what, about what, why or details')
    .option('--limit <count>', 'at most this many, up to 200', parseCount, 20)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath audit --action run --since 7d');
  addConnectionOptions(audit).action(async ({ json, ...options }: Options) => {
    const { state: _, ...given } = options;
    const query = { ...given, environment: findNamedEnvironment(context, options) };
    const page = await connect(context, options).call(ListAudit, { query });
    const { limit: __, ...filters } = query;
    if (json) context.out(`${JSON.stringify(page, null, 2)}\n`);
    else context.out(page.entries.length > 0 ? formatEntries(page.entries) : describeNone(Object.values(filters)));
  });
  for (const register of [registerAuditVerify, registerAuditExport, registerAuditCheckpoint])
    register(audit, context, exitWith);
};

function describeNone(filters: readonly (string | undefined)[]): string {
  return filters.some((filter) => filter !== undefined)
    ? 'No such decision. All of them: npx towpath audit\n'
    : 'No decision yet. The first one could be: npx towpath run <pipeline>\n';
}

function formatEntries(entries: readonly AuditEntryView[]): string {
  const rows = entries.map(({ sequence, at, actor, action, subject, environment, why }) => [
    sequence,
    at,
    actor.kind === 'person' ? actor.name : `${actor.kind} ${actor.name}`,
    action,
    subject.name,
    environment ?? '',
    why ?? '',
  ]);
  return formatTable(['NO', 'AT', 'WHO', 'WHAT', 'ABOUT', 'ENVIRONMENT', 'WHY'], rows);
}
