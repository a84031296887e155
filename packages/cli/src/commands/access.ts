import { resolve } from 'node:path';
import { AccessPolicySchema, type AccessView, ApplyAccess, GetAccess, RevokePerson } from '@towpath/api';
import { ACCESS_PRESETS, TowpathError } from '@towpath/core';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { suggestName } from '../connection/suggest-name.ts';
import type { CommandContext } from '../context.ts';
import { readYamlFile } from '../rendering/read-yaml-file.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly note?: string;
  readonly reason?: string;
  readonly freeName?: boolean;
  readonly json?: boolean;
}

/** `npx towpath access`: who has which role where. */
export const registerAccess: RegisterCommand = (program, context) => {
  const access = program.command('access').description('Show and replace who has which role in which environments.');
  registerShow(access, context);
  registerApply(access, context);
  registerPreset(access, context);
  registerRevoke(access, context);
};

function registerShow(access: Command, context: CommandContext): void {
  const command = access.command('show').description('Show the bindings in force.').option('--json', 'print JSON');
  addConnectionOptions(command).action(async (options: Options) => {
    const view = await connect(context, options).call(GetAccess);
    context.out(options.json ? `${JSON.stringify(view, null, 2)}\n` : format(view));
  });
}

function registerApply(access: Command, context: CommandContext): void {
  const command = access
    .command('apply')
    .description('Put bindings in force, from a YAML file; they replace those before. Role administrator, everywhere.')
    .argument('<file>', 'the bindings')
    .option('--note <text>', 'why; kept with them and in the audit')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath access apply access.yaml --note "a new team"');
  addConnectionOptions(command).action(async (file: string, options: Options) => {
    const path = resolve(context.cwd, file);
    const policy = readYamlFile(path, AccessPolicySchema, (cause) => accessInvalid(path, cause));
    const body = { policy, note: options.note };
    const view = await connect(context, options).call(ApplyAccess, { body });
    context.out(options.json ? `${JSON.stringify(view, null, 2)}\n` : `Access ${view.version} is in force.\n`);
  });
}

function registerPreset(access: Command, context: CommandContext): void {
  access
    .command('preset')
    .description('Print bindings to begin with, as YAML: put your own groups in, then apply them.')
    .argument('<name>', Object.keys(ACCESS_PRESETS).join(' or '))
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath access preset two-stage > access.yaml')
    .action((name: string, { json }: Options) => {
      const preset = Object.entries(ACCESS_PRESETS).find(([known]) => known === name)?.[1];
      if (!preset) throw presetUnknown(name);
      context.out(json ? `${JSON.stringify(preset, null, 2)}\n` : stringify(preset));
    });
}

function registerRevoke(access: Command, context: CommandContext): void {
  const command = access
    .command('revoke')
    .description('End all tokens, open consoles and links of a person at once. What bindings say stays as it is.')
    .argument('<person>', 'name, as `npx towpath audit` shows it')
    .option('--reason <text>', 'why; kept in the audit')
    .option('--free-name', 'let another account of the identity provider come by the name from now on')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath access revoke erin --reason "left the team"');
  addConnectionOptions(command).action(async (name: string, options: Options) => {
    const input = { params: { name }, body: { reason: options.reason, freesName: options.freeName } };
    const revoked = await connect(context, options).call(RevokePerson, input);
    const { tokens, sessions, links } = revoked;
    const text = `Revoked of ${name}: tokens ${tokens}, open consoles ${sessions}, unused links ${links}.\n`;
    context.out(options.json ? `${JSON.stringify(revoked, null, 2)}\n` : text);
  });
}

function accessInvalid(path: string, cause: string): TowpathError {
  return new TowpathError({
    code: 'ACCESS_INVALID',
    message: `${path} holds no bindings.`,
    cause,
    fix: 'Correct it; `npx towpath access preset two-stage` prints an example.',
    docs: 'reference/access.md',
  });
}

function presetUnknown(name: string): TowpathError {
  return new TowpathError({
    code: 'PRESET_UNKNOWN',
    message: `There is no preset ${JSON.stringify(name.slice(0, 100))}.`,
    fix: suggestName(name, Object.keys(ACCESS_PRESETS)) ?? '',
  });
}

function format({ version, appliedAt, appliedBy, note, policy }: AccessView): string {
  const who = version === 0 ? 'none was applied yet' : `applied at ${appliedAt} by ${appliedBy}`;
  const why = note === null ? '' : `# ${note}\n`;
  return `# access ${version}, ${who}\n${why}${stringify(policy)}`;
}
