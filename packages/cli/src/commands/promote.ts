import { type Client, OpenPromotion, PlanPromotion, type PromotionView } from '@towpath/api';
import { PROMOTION_STEPS, TowpathError } from '@towpath/core';
import type { z } from 'zod';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { withSuggestions } from '../connection/suggest-name.ts';
import { formatChanges } from '../releases/format-changes.ts';
import { describeNext, formatEmergency, formatPromotion, formatVerdicts } from '../releases/format-promotion.ts';
import { getReleaseByVersion } from '../releases/get-release.ts';
import { listDifferences } from '../releases/list-differences.ts';
import { parseInstant } from '../rendering/parse-instant.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly to: string;
  readonly plan?: boolean;
  readonly at?: string;
  readonly notBefore?: string;
  readonly rollbackPlan?: string;
  readonly change?: string;
  readonly note?: string;
  readonly emergency?: boolean;
  readonly reason?: string;
  readonly json?: boolean;
}

/** `npx towpath promote`: asks for a release in an environment; its gates decide when. */
export const registerPromote: RegisterCommand = (program, context, exitWith) => {
  const command = program
    .command('promote')
    .description(
      'Bring a release into an environment as soon as its gates allow it. Prints what each gate says and returns; exit code 1 when one said no for good.',
    )
    .argument('<version>', 'release: version or id')
    .requiredOption('--to <environment>', 'environment it shall run in')
    .option('--plan', 'only show steps, gates and what would change')
    .option('--at <instant>', 'with --plan: what the gates would say at another moment', parseInstant)
    .option('--not-before <instant>', 'wait until then', parseInstant)
    .option('--rollback-plan <text>', 'how to come back; production wants one')
    .option(
      '--emergency',
      'skip the gates that the policy lets emergencies skip; needs a --reason and a --rollback-plan',
    )
    .option('--reason <text>', 'with --emergency: why it can not wait')
    .option('--change <number>', 'change record that it is part of; the policy may want one')
    .option('--note <text>', 'why; kept with the promotion and in the audit')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath promote v1.3.3 --to prod --plan --at 2026-12-22T10:00Z');
  addConnectionOptions(command).action(async (version: string, options: Options) => {
    const client = connect(context, options);
    const { id: releaseId } = await getReleaseByVersion({ client, context }, version);
    if (options.plan || options.at !== undefined) return context.out(await describePlan(client, releaseId, options));
    const promotion = await open(client, releaseId, options);
    context.out(options.json ? `${JSON.stringify(promotion, null, 2)}\n` : formatPromotion(promotion));
    if (promotion.state === 'failed') exitWith(1);
  });
};

function open(client: Client, releaseId: string, options: Options): Promise<PromotionView> {
  const { to: environment, rollbackPlan, change: changeRecord, notBefore, note } = options;
  const body = { releaseId, environment, rollbackPlan, changeRecord, notBefore, note, emergency: toEmergency(options) };
  return withSuggestions(client, { environment }, () => client.call(OpenPromotion, { body }));
}

function toEmergency({ emergency, reason }: Options): { readonly reason: string } | undefined {
  if (!emergency && reason === undefined) return undefined;
  if (emergency && reason?.trim()) return { reason };
  throw new TowpathError({
    code: 'OPTION_INVALID',
    message: "An emergency has a reason, and a reason is an emergency's.",
    fix: 'Give --emergency and --reason together; what is no emergency takes a --note.',
  });
}

async function describePlan(client: Client, releaseId: string, options: Options): Promise<string> {
  const { to: environment, rollbackPlan, change: changeRecord, at, json } = options;
  const body = { releaseId, environment, rollbackPlan, changeRecord, at, emergency: toEmergency(options) };
  const planned = await withSuggestions(client, { environment }, () => client.call(PlanPromotion, { body }));
  if (json) return `${JSON.stringify(planned, null, 2)}\n`;
  return formatPlan(environment, planned, await readChanges(client, planned));
}

type Planned = z.output<(typeof PlanPromotion)['reply']>;

/** What the environment would have that it has not. */
async function readChanges(client: Client, { from, release }: Planned): Promise<readonly string[]> {
  if (from === null) return [];
  return ['What changes:', ...formatChanges(from, release, await listDifferences(client, from, release))];
}

function formatPlan(environment: string, planned: Planned, changes: readonly string[]): string {
  const { release, from, plan, at, decision, verdicts, askAgainAt } = planned;
  const lines = [
    `${release.version} to ${environment}, which runs ${from?.version ?? 'no release'}.`,
    ...(from === null ? [`pipelines added: ${plan.pipelines.added.join(', ')}`] : changes),
    '',
    ...plan.steps.map((step, index) => `${index + 1}. ${PROMOTION_STEPS[step]}`),
    '',
    formatVerdicts(verdicts).trimEnd(),
    '',
    `At ${at} they say: ${decision}.`,
  ];
  if (planned.emergency) lines.unshift(formatEmergency(planned.emergency));
  if (decision === 'defer') lines.push(describeNext(askAgainAt));
  lines.push('This is a plan: nothing was asked for.');
  return `${lines.join('\n')}\n`;
}
