import { ACCESS_VERBS, type AccessAnswerView, CheckAccess } from '@towpath/api';
import { findNearest, PERMISSIONS, type Permission, TowpathError } from '@towpath/core';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { withSuggestions } from '../connection/suggest-name.ts';
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
      const query = { permission: findPermission(verb), environment, verb: POLICY_VERBS.find((one) => one === verb) };
      const client = connect(context, options);
      const answer = await withSuggestions(client, { environment }, () => client.call(CheckAccess, { query }));
      context.out(options.json ? `${JSON.stringify(answer, null, 2)}\n` : format(answer));
      exitWith(answer.isAllowed ? 0 : 1);
    },
  );
};

/** Of which the policy of promotions says more than who may promote. */
const POLICY_VERBS = ['emergency', 'approve-plan'] as const;

function suggestVerb(verb: string): string {
  const verbs = Object.keys(ACCESS_VERBS);
  const nearest = findNearest(verb, [...verbs, ...PERMISSIONS]);
  return nearest === undefined ? `There are: ${verbs.join(', ')}.` : `Did you mean ${nearest}?`;
}

function findPermission(verb: string): Permission {
  const named = Object.entries(ACCESS_VERBS).find(([name]) => name === verb)?.[1];
  const permission = named ?? PERMISSIONS.find((one) => one === verb);
  if (permission !== undefined) return permission;
  throw new TowpathError({
    code: 'VERB_UNKNOWN',
    message: `${JSON.stringify(verb.slice(0, 100))} is nothing that one may or may not.`,
    fix: suggestVerb(verb),
  });
}

function format({ isAllowed, reason }: AccessAnswerView): string {
  return `${isAllowed ? 'Yes' : 'No'}. ${reason}\n`;
}
