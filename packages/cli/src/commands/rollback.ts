import { GetBoard, RollBack } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import type { Asking } from '../connection/find-run.ts';
import { withSuggestions } from '../connection/suggest-name.ts';
import { formatPromotion } from '../releases/format-promotion.ts';
import { getReleaseByVersion } from '../releases/get-release.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly reason: string;
  readonly from?: string;
  readonly json?: boolean;
}

/** `npx towpath rollback`: the way back, in one action. */
export const registerRollback: RegisterCommand = (program, context) => {
  const command = program
    .command('rollback')
    .description(
      'Bring an environment back to the release it ran before, past all freezes and all gates but that of deploy plans. Data stays as it is. Returns at once; `npx towpath promotions` says how long it took.',
    )
    .argument('<environment>', 'environment')
    .requiredOption('--reason <text>', 'why; kept with the rollback and in the audit')
    .option(
      '--from <version>',
      'only from this release: asked again, nothing more happens (default: what it runs now, or what was applied there in part since)',
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath rollback prod --reason "orders load twice"');
  addConnectionOptions(command).action(async (environment: string, options: Options) => {
    const client = connect(context, options);
    const from = await getOrigin({ client, context }, environment, options.from);
    const input = { params: { environment }, body: { from, reason: options.reason } };
    const rollback = await withSuggestions(client, { environment }, () => client.call(RollBack, input));
    context.out(options.json ? `${JSON.stringify(rollback, null, 2)}\n` : formatPromotion(rollback));
  });
};

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
