import { RollBack } from '@towpath/api';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { withSuggestions } from '../connection/suggest-name.ts';
import { formatPromotion } from '../releases/format-promotion.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly reason: string;
  readonly json?: boolean;
}

/** `npx towpath rollback`: the way back, in one action. */
export const registerRollback: RegisterCommand = (program, context) => {
  const command = program
    .command('rollback')
    .description(
      'Bring an environment back to the release it ran before, past all gates and freezes. Data stays as it is. Returns at once; `npx towpath promotions` says how long it took.',
    )
    .argument('<environment>', 'environment')
    .requiredOption('--reason <text>', 'why; kept with the rollback and in the audit')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath rollback prod --reason "orders load twice"');
  addConnectionOptions(command).action(async (environment: string, options: Options) => {
    const client = connect(context, options);
    const input = { params: { environment }, body: { reason: options.reason } };
    const rollback = await withSuggestions(client, { environment }, () => client.call(RollBack, input));
    context.out(options.json ? `${JSON.stringify(rollback, null, 2)}\n` : formatPromotion(rollback));
  });
};
