import { GetBoard, GetRelease, PlanRollback, RollBack } from '@towpath/api';
import { findDbtImpact, TowpathError } from '@towpath/core';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import type { Asking } from '../connection/find-run.ts';
import { withSuggestions } from '../connection/suggest-name.ts';
import { formatPromotion } from '../releases/format-promotion.ts';
import { formatWayBack } from '../releases/format-way-back.ts';
import { getReleaseByVersion } from '../releases/get-release.ts';
import { listDifferences } from '../releases/list-differences.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly reason?: string;
  readonly plan?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly fullRefresh?: string;
  readonly by?: string;
  readonly json?: boolean;
}

/** `npx towpath rollback`: the way back, in one action. */
export const registerRollback: RegisterCommand = (program, context) => {
  const command = program
    .command('rollback')
    .description(
      'Bring an environment back to the release it ran before that nobody refuses, past all freezes and all gates but that of deploy plans. Data stays as it is, but for the dbt models that --full-refresh names. Returns at once; `npx towpath promotions` says how long it took.',
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
    .option(
      '--full-refresh <models>',
      'dbt models to make anew once the release is loaded, with commas between: names, or unique ids (model.shop.orders)',
    )
    .option(
      '--by <pipeline>',
      'pipeline of that release that does it (default: the one that declares a parameter fullRefresh)',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  npx towpath rollback prod --plan\n  npx towpath rollback prod --reason "orders load twice"\n  npx towpath rollback prod --full-refresh orders,order_lines --reason "prices in pence"',
    );
  addConnectionOptions(command).action(async (environment: string, options: Options) => {
    const refresh = readRefresh(options);
    const client = connect(context, options);
    const from = await getOrigin({ client, context }, environment, options.from);
    const to = options.to === undefined ? undefined : (await getReleaseByVersion({ client, context }, options.to)).id;
    const isJson = options.json ?? false;
    if (options.plan) return showPlan({ client, context }, { environment, from, to, refresh, isJson });
    if (options.reason === undefined) throw reasonMissing();
    const fullRefresh = refresh && { models: [...refresh.models], pipeline: refresh.pipeline };
    const input = { params: { environment }, body: { from, to, reason: options.reason, fullRefresh } };
    const rollback = await withSuggestions(client, { environment }, () => client.call(RollBack, input));
    context.out(options.json ? `${JSON.stringify(rollback, null, 2)}\n` : formatPromotion(rollback));
  });
};

interface Planning {
  readonly environment: string;
  readonly from: string;
  readonly to: string | undefined;
  readonly refresh: Refresh | undefined;
  readonly isJson: boolean;
}

interface Refresh {
  readonly models: readonly string[];
  readonly pipeline: string | undefined;
}

/** A plan names models in its address, of which many proxies take 8 KiB. */
const MAX_PLANNED_CHARACTERS = 7_000;

/** @throws TowpathError `USAGE_INVALID` */
function readRefresh({ fullRefresh, by, plan }: Options): Refresh | undefined {
  const models = [...new Set((fullRefresh ?? '').split(',').flatMap((name) => name.trim() || []))];
  const length = encodeURIComponent(models.join()).length;
  if (plan && length > MAX_PLANNED_CHARACTERS) throw tooManyToPlan(models.length, length);
  if (models.length > 0) return { models, pipeline: by };
  if (fullRefresh === undefined && by === undefined) return undefined;
  throw new TowpathError({
    code: 'USAGE_INVALID',
    message:
      fullRefresh === undefined
        ? '--by names a pipeline, and nothing is to be made anew.'
        : '--full-refresh names no model.',
    fix: 'Name dbt models: --full-refresh orders,order_lines. See them by --plan.',
  });
}

function tooManyToPlan(count: number, length: number): TowpathError {
  return new TowpathError({
    code: 'USAGE_INVALID',
    message: `${count} models are too many for one plan.`,
    cause: `In an address their names have ${length} characters; a plan takes ${MAX_PLANNED_CHARACTERS}.`,
    fix: 'Plan them by shorter names, or in parts; the rollback itself takes up to 1,000.',
  });
}

async function showPlan(
  { client, context }: Asking,
  { environment, from, to, refresh, isJson }: Planning,
): Promise<void> {
  const query = {
    ...{ from, ...(to !== undefined && { to }) },
    ...(refresh && { fullRefresh: refresh.models.join(',') }),
    ...(refresh?.pipeline !== undefined && { pipeline: refresh.pipeline }),
  };
  const asked = { params: { environment }, query };
  const planned = await withSuggestions(client, { environment }, () => client.call(PlanRollback, asked));
  const [before, after] = await Promise.all(
    [planned.from, planned.to].map(({ id }) => client.call(GetRelease, { params: { releaseId: id } })),
  );
  if (!before || !after) throw new Error('a release that was named is not there');
  const facts = { ...planned, impact: findDbtImpact(before.bill, after.bill) };
  if (isJson) return context.out(`${JSON.stringify(facts, null, 2)}\n`);
  const told = await listDifferences(client, before, after);
  context.out(formatWayBack(environment, { from: before, to: after, told, way: planned }));
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
