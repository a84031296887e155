import { GiveSignOff } from '@towpath/api';
import type { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { withSuggestions } from '../connection/suggest-name.ts';
import type { CommandContext } from '../context.ts';
import { getReleaseByVersion } from '../releases/get-release.ts';

interface Options extends ConnectionOptions {
  readonly environment: string;
  readonly reason: string;
  readonly json?: boolean;
}

/** `npx towpath release refuse`: a release must not come into an environment; a sign-off that says no. */
export function registerReleaseRefuse(release: Command, context: CommandContext): void {
  const command = release
    .command('refuse')
    .description(
      'Say, in your role, that a release must not come into an environment. A promotion of it ends, also an emergency, and none is let in until you take it back (signoff withdraw).',
    )
    .argument('<version>', 'release: version or id')
    .requiredOption('--environment <name>', 'environment it must not come into')
    .requiredOption('--reason <text>', 'why; shown to everybody who asks for it, and kept in the audit')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  npx towpath release refuse v1.3.3 --environment prod --reason "rows are lost"',
    );
  addConnectionOptions(command).action(async (version: string, options: Options) => {
    const { environment, reason: note, json } = options;
    const client = connect(context, options);
    const { id: releaseId } = await getReleaseByVersion({ client, context }, version);
    const body = { releaseId, environment, decision: 'refused', note } as const;
    const given = await withSuggestions(client, { environment }, () => client.call(GiveSignOff, { body }));
    if (json) return context.out(`${JSON.stringify(given, null, 2)}\n`);
    context.out(`${version} is refused for ${environment} by ${given.person} as ${given.role}: ${note}.\n`);
  });
}
