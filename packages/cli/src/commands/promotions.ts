import {
  AbortPromotion,
  type Client,
  type DeployPlanView,
  ListDeployPlans,
  ListPromotions,
  type PromotionView,
  RetryPromotion,
} from '@towpath/api';
import { isTerminalPromotionState, TowpathError } from '@towpath/core';
import type { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { findNamedEnvironment } from '../connection/select-on-server.ts';
import { withSuggestions } from '../connection/suggest-name.ts';
import type { CommandContext } from '../context.ts';
import { formatDeployPlan } from '../releases/format-deploy-plan.ts';
import { formatPromotion, formatPromotions } from '../releases/format-promotion.ts';
import { parseCount } from '../rendering/parse-count.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly environment?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** `npx towpath promotions`: what was asked for and what became of it; subcommands show and end the newest of an environment. */
export const registerPromotions: RegisterCommand = (program, context) => {
  const promotions = program
    .command('promotions')
    .description('List promotions and rollbacks, newest first: state, who asked, how long it took, what it waits for.')
    .option('--environment <name>', 'only those into this environment')
    .option('--limit <count>', 'at most this many, up to 500', parseCount, 20)
    .option('--json', 'print JSON');
  addConnectionOptions(promotions).action((options: Options) => listPromotions(context, options));
  promotions
    .command('list')
    .description('The same as `promotions` alone.')
    .action((_: unknown, command: Command) => listPromotions(context, command.optsWithGlobals<Options>()));
  registerShow(promotions, context);
  registerAbort(promotions, context);
  registerRetry(promotions, context);
};

async function listPromotions(context: CommandContext, { limit, ...options }: Options): Promise<void> {
  const query = { environment: findNamedEnvironment(context, options), limit };
  const reply = await connect(context, options).call(ListPromotions, { query });
  if (options.json) context.out(`${JSON.stringify(reply, null, 2)}\n`);
  else context.out(reply.promotions.length > 0 ? formatPromotions(reply.promotions) : NONE);
}

const NONE = 'No promotion yet. Ask for one: npx towpath promote <version> --to <environment>\n';

// Options that `promotions` has too are taken by it: they are read with the parent's.
function registerShow(promotions: Command, context: CommandContext): void {
  promotions
    .command('show')
    .description('Show the newest promotion into an environment: each gate, its evidence, when it is asked again.')
    .argument('<into>', 'environment')
    .action(async (environment: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const client = connect(context, options);
      const promotion = await getNewest(client, environment);
      const deployPlans = await listPlans(client, promotion);
      if (options.json) return context.out(`${JSON.stringify({ ...promotion, deployPlans }, null, 2)}\n`);
      context.out(formatPromotion(promotion) + deployPlans.slice(0, 1).map(formatDeployPlan).join(''));
    });
}

/** None where nobody plans: that is not asked for. */
async function listPlans(client: Client, { id: promotionId, plan }: PromotionView): Promise<readonly DeployPlanView[]> {
  if (!plan.gates.includes('deploy-plan')) return [];
  return (await client.call(ListDeployPlans, { params: { promotionId } })).plans;
}

function registerAbort(promotions: Command, context: CommandContext): void {
  promotions
    .command('abort')
    .description('End the promotion that waits or runs; the environment keeps what it had.')
    .argument('<into>', 'environment')
    .requiredOption('--reason <text>', 'why; kept with the promotion and in the audit')
    .action(async (environment: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options & { readonly reason: string }>();
      const client = connect(context, options);
      const { id: promotionId, state } = await getNewest(client, environment);
      if (isTerminalPromotionState(state)) throw nothingLive(environment);
      const body = { reason: options.reason };
      const aborted = await client.call(AbortPromotion, { params: { promotionId }, body });
      context.out(options.json ? `${JSON.stringify(aborted, null, 2)}\n` : formatPromotion(aborted));
    });
}

function registerRetry(promotions: Command, context: CommandContext): void {
  promotions
    .command('retry')
    .description('Ask again for the newest promotion into an environment, after it failed technically (state errored).')
    .argument('<into>', 'environment')
    .action(async (environment: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const client = connect(context, options);
      const { id: promotionId } = await getNewest(client, environment);
      const retried = await client.call(RetryPromotion, { params: { promotionId }, body: {} });
      context.out(options.json ? `${JSON.stringify(retried, null, 2)}\n` : formatPromotion(retried));
    });
}

/** The newest promotion: while one lives there is no newer one. */
async function getNewest(client: Client, environment: string): Promise<PromotionView> {
  const query = { environment, limit: 1 };
  const { promotions } = await withSuggestions(client, { environment }, () => client.call(ListPromotions, { query }));
  const [newest] = promotions;
  if (!newest) throw nothingYet(environment);
  return newest;
}

function nothingYet(environment: string): TowpathError {
  return new TowpathError({
    code: 'PROMOTION_UNKNOWN',
    message: `Nothing was ever promoted into ${environment}.`,
    fix: `Ask for a promotion: npx towpath promote <version> --to ${environment}`,
  });
}

function nothingLive(environment: string): TowpathError {
  return new TowpathError({
    code: 'PROMOTION_UNKNOWN',
    message: `No promotion into ${environment} waits or runs.`,
    fix: 'See them all: npx towpath promotions',
  });
}
