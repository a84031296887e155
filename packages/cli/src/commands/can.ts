import { ACCESS_VERBS, type AccessAnswerView, CheckAccess } from '@towpath/api';
import { PERMISSIONS, type Permission, TowpathError } from '@towpath/core';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { suggestName, withSuggestions } from '../connection/suggest-name.ts';
import type { RegisterCommand } from './register-command.ts';

/** `npx towpath can`: whether one may do something, and what decides it. */
export const registerCan: RegisterCommand = (program, context, exitWith) => {
  const command = program
    .command('can')
    .description('Say whether you may do something in an environment, and what decides it. Exit code: 0 yes, 1 no.')
    .argument('<verb>', `${Object.keys(ACCESS_VERBS).join(', ')}, or a permission such as pools:write`)
    .argument('[environment]', 'environment (default: in all of them)')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath can promote prod');
  addConnectionOptions(command).action(
    async (verb: string, environment: string | undefined, options: ConnectionOptions & { readonly json?: boolean }) => {
      const query = { permission: findPermission(verb), environment };
      const client = connect(context, options);
      const answer = await withSuggestions(client, { environment }, () => client.call(CheckAccess, { query }));
      context.out(options.json ? `${JSON.stringify(answer, null, 2)}\n` : format(answer));
      exitWith(answer.isAllowed ? 0 : 1);
    },
  );
};

function findPermission(verb: string): Permission {
  const named = Object.entries(ACCESS_VERBS).find(([name]) => name === verb)?.[1];
  const permission = named ?? PERMISSIONS.find((one) => one === verb);
  if (permission !== undefined) return permission;
  throw new TowpathError({
    code: 'VERB_UNKNOWN',
    message: `${JSON.stringify(verb.slice(0, 100))} is nothing that one may or may not.`,
    fix: suggestName(verb, [...Object.keys(ACCESS_VERBS), ...PERMISSIONS]) ?? '',
  });
}

function format({ isAllowed, reason }: AccessAnswerView): string {
  return `${isAllowed ? 'Yes' : 'No'}. ${reason}\n`;
}
