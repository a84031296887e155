import {
  GetSession,
  GiveSignOff,
  LiftRefusal,
  ListSignOffs,
  SignDeployPlan,
  type SignOffView,
  WithdrawSignOff,
} from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import type { Asking } from '../connection/find-run.ts';
import { withSuggestions } from '../connection/suggest-name.ts';
import type { CommandContext } from '../context.ts';
import { findOwnHand } from '../releases/find-own-hand.ts';
import { findPlan, type PlanChoice } from '../releases/find-plan.ts';
import { findRefusalOf, findWordOf } from '../releases/find-sign-off.ts';
import { getReleaseByVersion } from '../releases/get-release.ts';
import { formatTable } from '../rendering/table.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly environment: string;
  readonly refuse?: boolean;
  readonly plan?: string;
  readonly note?: string;
  readonly json?: boolean;
}

interface NamedOptions extends Options {
  readonly name: string;
}

/** `npx towpath signoff`: says of a release that it may come into an environment, or that it must not. */
export const registerSignoff: RegisterCommand = (program, context) => {
  const signoff = program
    .command('signoff')
    .description('Sign off releases for an environment, in your role; refuse them; see who did.');
  registerGive(signoff, context);
  registerList(signoff, context);
  registerWithdraw(signoff, context);
  registerLift(signoff, context);
};

const VERSION = 'release: version or id';

function registerGive(signoff: Command, context: CommandContext): void {
  const command = signoff
    .command('give')
    .description(
      'Sign a release off for an environment. It holds for this very release until it expires; what you said before is withdrawn.',
    )
    .argument('<version>', VERSION)
    .requiredOption('--environment <name>', 'environment it may come into')
    .option('--plan <hash>', 'the plan of the deploy command with this hash instead, as `promotions show` shows it')
    .option('--refuse', 'say that it must not come into it; give a --note')
    .option('--note <text>', 'what you looked at, or why not')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  npx towpath signoff give v1.3.3 --environment prod --note "rows compared with int"',
    );
  addConnectionOptions(command).action(async (version: string, options: Options) => {
    const { environment, note, refuse } = options;
    if (refuse && !note) throw noteMissing();
    const client = connect(context, options);
    const release = await getReleaseByVersion({ client, context }, version);
    const { id: releaseId } = release;
    if (options.plan !== undefined) return signPlan({ client, context }, { ...options, plan: options.plan, releaseId });
    const body = { releaseId, environment, decision: refuse ? 'refused' : 'approved', note } as const;
    const given = await withSuggestions(client, { environment }, () => client.call(GiveSignOff, { body }));
    if (options.json) return context.out(`${JSON.stringify(given, null, 2)}\n`);
    context.out(
      `${version} for ${environment}: ${given.decision} by ${given.person} as ${given.role}, ${describeEnd(given)}.\n`,
    );
    const hand = await findOwnHand(client, release, given);
    if (hand) context.out(`It does not count: ${given.person} ${hand}. Somebody else has to give it.\n`);
  });
}

async function signPlan({ client, context }: Asking, options: Options & PlanChoice): Promise<void> {
  const { environment, note, refuse, plan, json } = options;
  const { promotionId, sha256 } = await findPlan(client, options);
  const body = { sha256, decision: refuse ? 'refused' : 'approved', note } as const;
  const signed = await client.call(SignDeployPlan, { params: { promotionId }, body });
  if (json) return context.out(`${JSON.stringify(signed, null, 2)}\n`);
  const last = signed.signOffs.at(-1);
  context.out(`plan ${plan} for ${environment}: ${last?.decision} by ${last?.person} as ${last?.role}.\n`);
}

function registerList(signoff: Command, context: CommandContext): void {
  const command = signoff
    .command('list')
    .description('List the sign-offs of a release, newest first.')
    .argument('<version>', VERSION)
    .option('--environment <name>', 'only those for this environment')
    .option('--json', 'print JSON');
  addConnectionOptions(command).action(async (version: string, options: Partial<Options>) => {
    const client = connect(context, options);
    const { id: releaseId } = await getReleaseByVersion({ client, context }, version);
    const query = { releaseId, environment: options.environment };
    const { signOffs } = await client.call(ListSignOffs, { query });
    if (options.json) context.out(`${JSON.stringify({ signOffs }, null, 2)}\n`);
    else context.out(signOffs.length > 0 ? format(signOffs) : `Nobody has said anything about ${version}.\n`);
  });
}

function registerWithdraw(signoff: Command, context: CommandContext): void {
  const command = signoff
    .command('withdraw')
    .description('Take back what you said about a release.')
    .argument('<version>', VERSION)
    .requiredOption('--environment <name>', 'environment you said it for')
    .option('--name <you>', 'your name on the server (default: that of your credential)')
    .option('--json', 'print JSON');
  addConnectionOptions(command).action(async (version: string, options: Options & Partial<NamedOptions>) => {
    const client = connect(context, options);
    const name = options.name ?? (await client.call(GetSession)).name;
    const { id } = await getSignOff({ client, context }, version, { ...options, name, find: findWordOf });
    const withdrawn = await client.call(WithdrawSignOff, { params: { signOffId: id } });
    if (options.json) return context.out(`${JSON.stringify(withdrawn, null, 2)}\n`);
    context.out(`${version} for ${options.environment}: withdrawn by ${withdrawn.person}.\n`);
  });
}

function registerLift(signoff: Command, context: CommandContext): void {
  const command = signoff
    .command('lift')
    .description('Lift the refusal of somebody whose access was revoked since. Not by who recorded the release.')
    .argument('<version>', VERSION)
    .requiredOption('--environment <name>', 'environment it is refused for')
    .requiredOption('--name <person>', 'who refused it, as `signoff list` shows it')
    .requiredOption('--reason <text>', 'why it stands no more; kept with the refusal and in the audit')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  npx towpath signoff lift v1.3.3 --environment prod --name erin --reason "the rows are there"',
    );
  addConnectionOptions(command).action(async (version: string, options: NamedOptions & { readonly reason: string }) => {
    const client = connect(context, options);
    const wish = { ...options, find: findRefusalOf };
    const { id: signOffId } = await getSignOff({ client, context }, version, wish);
    const lifted = await client.call(LiftRefusal, { params: { signOffId }, body: { reason: options.reason } });
    if (options.json) return context.out(`${JSON.stringify(lifted, null, 2)}\n`);
    const { person, withdrawnBy } = lifted;
    context.out(`${version} for ${options.environment}: the refusal of ${person} was lifted by ${withdrawnBy}.\n`);
  });
}

interface SignOffWish extends NamedOptions {
  /** Chooses among the words about the release in the environment. */
  readonly find: typeof findWordOf;
}

async function getSignOff(asking: Asking, version: string, wish: SignOffWish): Promise<SignOffView> {
  const { environment, name, find } = wish;
  const { id: releaseId } = await getReleaseByVersion(asking, version);
  const { signOffs } = await asking.client.call(ListSignOffs, { query: { releaseId, environment } });
  const found = find(signOffs, name);
  if (found) return found;
  throw new TowpathError({
    code: 'SIGN_OFF_UNKNOWN',
    message: `${name} has said nothing about ${version} for ${environment}.`,
    fix: `See who did: npx towpath signoff list ${version}`,
  });
}

function format(signOffs: readonly SignOffView[]): string {
  const rows = signOffs.map((signOff) => {
    const { environment, role, person, decision, givenAt, expiresAt, withdrawnAt, accessRevokedAt, note } = signOff;
    const until = withdrawnAt ?? (decision === 'refused' ? '' : (accessRevokedAt ?? expiresAt));
    return [environment, role, person, describeStanding(signOff), givenAt, until, note ?? ''];
  });
  return formatTable(['ENVIRONMENT', 'ROLE', 'WHO', 'SAYS', 'SINCE', 'UNTIL', 'NOTE'], rows);
}

/** What it is worth now. */
function describeStanding({ person, decision, withdrawnAt, withdrawnBy, accessRevokedAt }: SignOffView): string {
  if (withdrawnAt !== null) return withdrawnBy === person ? 'withdrawn' : `lifted by ${withdrawnBy}`;
  if (accessRevokedAt === null) return decision;
  return decision === 'refused' ? 'refused, has left' : 'has left';
}

/** A refusal stands until it is taken back. */
function describeEnd({ decision, expiresAt }: SignOffView): string {
  return decision === 'refused' ? 'until it is taken back' : `until ${expiresAt}`;
}

function noteMissing(): TowpathError {
  return new TowpathError({
    code: 'NOTE_MISSING',
    message: 'Why is it refused?',
    fix: 'Give the reason by --note; it is shown to everybody who waits for the release.',
  });
}
