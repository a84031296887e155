import { GetBoard, GetRelease, PlanRollback, RollBack } from '@towpath/api';
import { findDbtImpact, TowpathError } from '@towpath/core';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import type { Asking } from '../connection/find-run.ts';
import { withSuggestions } from '../connection/suggest-name.ts';
import { formatPromotion } from '../releases/format-promotion.ts';
import { formatWayBack } from '../releases/format-way-back.ts';
import { getReleaseByVersion } from '../releases/get-release.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly reason?: string;
  readonly plan?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

/** `npx towpath rollback`: the way back, in one action. */
export const registerRollback: RegisterCommand = (program, context) => {
  const command = program
    .command('rollback')
    .description(
      'Bring an environment back to the release it ran before that nobody refuses, past all freezes and all gates but that of deploy plans. Data stays as it is. Returns at once; `npx towpath promotions` says how long it took.',
    )
    .argument('<environment>', 'environment')
    .option('--reason <text>', 'why; kept with the rollback and in the audit')
    .option('--plan', 'only show where it would lead, and which dbt models that touches')
    .option(
      '--from <version>',
      'only from this release: asked again, nothing more happens (default: what it runs now, or what was applied there in part since)',
    )
    .option(
      '--to <version>',
      'another release that it ran, also one that was rolled back from or is refused (default: the last one that was neither)',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  npx towpath rollback prod --plan\n  npx towpath rollback prod --reason "orders load twice"',
    );
  addConnectionOptions(command).action(async (environment: string, options: Options) => {
    const client = connect(context, options);
    const from = await getOrigin({ client, context }, environment, options.from);
    const to = options.to === undefined ? undefined : (await getReleaseByVersion({ client, context }, options.to)).id;
    if (options.plan) return showPlan({ client, context }, { environment, from, to, isJson: options.json ?? false });
    if (options.reason === undefined) throw reasonMissing();
    const input = { params: { environment }, body: { from, to, reason: options.reason } };
    const rollback = await withSuggestions(client, { environment }, () => client.call(RollBack, input));
    context.out(options.json ? `${JSON.stringify(rollback, null, 2)}\n` : formatPromotion(rollback));
  });
};

interface Planning {
  readonly environment: string;
  readonly from: string;
  readonly to: string | undefined;
  readonly isJson: boolean;
}

async function showPlan({ client, context }: Asking, { environment, from, to, isJson }: Planning): Promise<void> {
  const asked = { params: { environment }, query: { from, ...(to !== undefined && { to }) } };
  const planned = await withSuggestions(client, { environment }, () => client.call(PlanRollback, asked));
  const [before, after] = await Promise.all(
    [planned.from, planned.to].map(({ id }) => client.call(GetRelease, { params: { releaseId: id } })),
  );
  if (!before || !after) throw new Error('a release that was named is not there');
  const facts = { ...planned, impact: findDbtImpact(before.bill, after.bill) };
  context.out(isJson ? `${JSON.stringify(facts, null, 2)}\n` : formatWayBack(environment, before, after));
}

function reasonMissing(): TowpathError {
  return new TowpathError({
    code: 'REASON_MISSING',
    message: 'Why does it go back?',
    fix: 'Give the reason by --reason; it is kept in the audit. --plan needs none.',
  });
}

async function getOrigin(asking: Asking, environment: string, from: string | undefined): Promise<string> {
  if (from !== undefined) return (await getReleaseByVersion(asking, from)).id;
  const { rows } = await asking.client.call(GetBoard);
  const row = rows.find((one) => one.environment === environment);
  const current = row?.unfinishedDeploy ?? row?.deployment?.release;
  if (current !== undefined) return current.id;
  throw new TowpathError({
    code: 'ROLLBACK_IMPOSSIBLE',
    message: `${environment} runs no release, so it can't go back from one.`,
    fix: 'See what runs where: npx towpath board',
  });
}
