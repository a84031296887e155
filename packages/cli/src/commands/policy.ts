import { ApplyPolicy, GetPolicy, type PolicyView } from '@towpath/api';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import type { CommandContext } from '../context.ts';
import { readPolicyFile } from '../releases/read-policy-file.ts';
import { requireExamples } from '../releases/test-policy.ts';
import { registerPolicyReplay } from './policy-replay.ts';
import { registerPolicyTest } from './policy-test.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly note?: string;
  readonly json?: boolean;
}

/** `npx towpath policy`: what promotions into each environment need. */
export const registerPolicy: RegisterCommand = (program, context, exitWith) => {
  const policy = program
    .command('policy')
    .description('Show what promotions into each environment need; test, try and apply another policy.');
  registerShow(policy, context);
  registerApply(policy, context);
  registerPolicyTest(policy, context, exitWith);
  registerPolicyReplay(policy, context);
};

function registerShow(policy: Command, context: CommandContext): void {
  const command = policy
    .command('show')
    .description('Show the policy in force, and what it comes to for each environment.')
    .option('--json', 'print JSON');
  addConnectionOptions(command).action(async (options: Options) => {
    const view = await connect(context, options).call(GetPolicy);
    context.out(options.json ? `${JSON.stringify(view, null, 2)}\n` : format(view));
  });
}

function registerApply(policy: Command, context: CommandContext): void {
  const command = policy
    .command('apply')
    .description(
      'Put a policy in force, from a YAML file, if its own examples come out as it says. What it leaves out is as shipped. Role administrator.',
    )
    .argument('<file>', 'the policy')
    .option('--note <text>', 'why; kept with the policy and in the audit')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath policy apply policy.yaml');
  addConnectionOptions(command).action(async (file: string, options: Options) => {
    const { policy: read, examples } = readPolicyFile(context, file);
    requireExamples(file, read, examples);
    const body = { policy: read, note: options.note };
    const view = await connect(context, options).call(ApplyPolicy, { body });
    context.out(options.json ? `${JSON.stringify(view, null, 2)}\n` : `Policy ${view.version} is in force.\n`);
  });
}

function format({ version, appliedAt, appliedBy, note, rules }: PolicyView): string {
  const who = version === 0 ? 'as it is shipped' : `applied at ${appliedAt} by ${appliedBy}`;
  const why = note === null ? '' : `# ${note}\n`;
  return `# policy ${version}, ${who}\n${why}${stringify(rules)}`;
}
