import { type Client, type EvidenceView, ListEvidence, TestEvidenceSource } from '@towpath/api';
import type { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { withSuggestions } from '../connection/suggest-name.ts';
import type { CommandContext } from '../context.ts';
import { formatEvidence } from '../evidence/format-evidence.ts';
import { getReleaseByVersion } from '../releases/get-release.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly environment: string;
  readonly change?: string;
  readonly json?: boolean;
}

/** `npx towpath evidence`: what outside services say about a release on its way. */
export const registerEvidence: RegisterCommand = (program, context, exitWith) => {
  const evidence = program
    .command('evidence')
    .description('Show what outside services said about a release; try a source of the policy.');
  registerShow(evidence, context);
  registerTest(evidence, context, exitWith);
};

function registerShow(evidence: Command, context: CommandContext): void {
  const command = evidence
    .command('show')
    .description(
      'Show what the rules of an environment want to know of outside services about a release, and what those said last. It only shows: services are asked by a promotion that waits, and by `promote --plan`.',
    )
    .argument('<version>', 'release: version or id');
  addSubjectOptions(command).addHelpText(
    'after',
    '\nExample:\n  npx towpath evidence show v1.3.3 --environment prod --change CHG0030001',
  );
  addConnectionOptions(command).action(async (version: string, options: Options) => {
    const { environment, change: changeRecord } = options;
    const client = connect(context, options);
    const { id: releaseId } = await getReleaseByVersion({ client, context }, version);
    const query = { releaseId, environment, changeRecord };
    print(context, options, await suggesting(client, environment, () => client.call(ListEvidence, { query })));
  });
}

function registerTest(evidence: Command, context: CommandContext, exitWith: Parameters<RegisterCommand>[2]): void {
  const command = evidence
    .command('test')
    .description(
      'Ask a source of the policy once, and keep nothing: what the rules of an environment ask it about a release. Exit code 1 when it gives no answer. Role administrator.',
    )
    .argument('<source>', 'name of the source in the policy')
    .requiredOption('--release <version>', 'release: version or id');
  addSubjectOptions(command).addHelpText(
    'after',
    '\nExample:\n  npx towpath evidence test servicenow --release v1.3.3 --environment prod --change CHG0030001',
  );
  addConnectionOptions(command).action(async (source: string, options: Options & { readonly release: string }) => {
    const { environment, release, change: changeRecord } = options;
    const client = connect(context, options);
    const { id: releaseId } = await getReleaseByVersion({ client, context }, release);
    const input = { params: { source }, body: { releaseId, environment, changeRecord } };
    const asked = await suggesting(client, environment, () => client.call(TestEvidenceSource, input));
    print(context, options, asked);
    if (asked.evidence.some(({ error }) => error !== null)) exitWith(1);
  });
}

function addSubjectOptions(command: Command): Command {
  return command
    .requiredOption('--environment <name>', 'environment it is to come into')
    .option('--change <number>', 'change record (default: that of the promotion that waits there)')
    .option('--json', 'print JSON, with the beginning of what each service sent');
}

function suggesting<T>(client: Client, environment: string, ask: () => Promise<T>): Promise<T> {
  return withSuggestions(client, { environment }, ask);
}

function print(
  context: CommandContext,
  { json, environment }: Options,
  said: { readonly evidence: readonly EvidenceView[] },
): void {
  if (json) context.out(`${JSON.stringify(said, null, 2)}\n`);
  else if (said.evidence.length === 0)
    context.out(`The policy asks no outside service about releases into ${environment}.\n`);
  else context.out(formatEvidence(said.evidence));
}
