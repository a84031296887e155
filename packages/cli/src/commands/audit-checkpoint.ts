import { GetAuditStatus } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type { Command } from 'commander';
import { formatKeptCheckpoint } from '../audit/kept-checkpoint.ts';
import { type ConnectionOptions, connect } from '../connection/connect.ts';
import type { RegisterCommand } from './register-command.ts';

/** `npx towpath audit checkpoint`: the newest signed checkpoint, to be kept where nobody of this server can change it. */
export const registerAuditCheckpoint: RegisterCommand = (audit, context) => {
  audit
    .command('checkpoint')
    .description(
      'Print the newest signed checkpoint as one line of JSON, to be kept elsewhere: later it shows a cut tail.',
    )
    .addHelpText('after', '\nExample:\n  npx towpath audit checkpoint >> kept-checkpoints.txt')
    .action(async (_: unknown, command: Command) => {
      const client = connect(context, command.optsWithGlobals<ConnectionOptions>());
      const { checkpoint, publicKey } = await client.call(GetAuditStatus);
      if (!checkpoint || publicKey === null) throw unsigned(publicKey !== null);
      context.out(formatKeptCheckpoint({ ...checkpoint, publicKey }));
    });
};

function unsigned(hasKey: boolean): TowpathError {
  return new TowpathError({
    code: 'AUDIT_UNSIGNED',
    message: 'There is no signed checkpoint.',
    cause: hasKey ? 'No decision was entered yet.' : 'This server was started without a key.',
    fix: hasKey ? 'Try again after the first one.' : 'Start it with: npx towpath server --audit-key <file>',
  });
}
