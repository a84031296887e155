import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ApplyPolicy, GetPolicy, type PolicyView, PromotionPolicySchema } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type { Command } from 'commander';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import type { CommandContext } from '../context.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly note?: string;
  readonly json?: boolean;
}

/** `npx towpath policy`: what promotions into each environment need. */
export const registerPolicy: RegisterCommand = (program, context) => {
  const policy = program
    .command('policy')
    .description('Show what promotions into each environment need, and apply another policy.');
  registerShow(policy, context);
  registerApply(policy, context);
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
    .description('Put a policy in force, from a YAML file. What it leaves out is as shipped. Role administrator.')
    .argument('<file>', 'the policy')
    .option('--note <text>', 'why; kept with the policy and in the audit')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath policy apply policy.yaml');
  addConnectionOptions(command).action(async (file: string, options: Options) => {
    const body = { policy: readPolicy(resolve(context.cwd, file)), note: options.note };
    const view = await connect(context, options).call(ApplyPolicy, { body });
    context.out(options.json ? `${JSON.stringify(view, null, 2)}\n` : `Policy ${view.version} is in force.\n`);
  });
}

function readPolicy(path: string): z.output<typeof PromotionPolicySchema> {
  const parsed = PromotionPolicySchema.safeParse(readYaml(path));
  if (parsed.success) return parsed.data;
  throw new TowpathError({
    code: 'POLICY_INVALID',
    message: `${path} is no policy.`,
    cause: z.prettifyError(parsed.error),
    fix: 'Correct it; docs/reference/promotion.md lists all keys.',
    docs: 'reference/promotion.md',
  });
}

function readYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (thrown) {
    throw new TowpathError(
      {
        code: 'POLICY_INVALID',
        message: `${path} can not be read.`,
        cause: thrown instanceof Error ? thrown.message : String(thrown),
        fix: 'Give the path of a YAML file.',
      },
      { cause: thrown },
    );
  }
}

function format({ version, appliedAt, appliedBy, note, rules }: PolicyView): string {
  const who = version === 0 ? 'as it is shipped' : `applied at ${appliedAt} by ${appliedBy}`;
  const why = note === null ? '' : `# ${note}\n`;
  return `# policy ${version}, ${who}\n${why}${stringify(rules)}`;
}
