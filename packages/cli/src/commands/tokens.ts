import { IssueToken, ListTokens, PersonRoleSchema, RevokeToken, type TokenView } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import { type Command, InvalidArgumentError } from 'commander';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import type { CommandContext } from '../context.ts';
import { collect } from '../rendering/collect.ts';
import { formatTable } from '../rendering/table.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly json?: boolean;
}

/** `npx towpath tokens`: credentials of service accounts, and an eye on all others. */
export const registerTokens: RegisterCommand = (program, context) => {
  const tokens = program
    .command('tokens')
    .description('Issue, list and revoke access tokens. Role administrator, everywhere.');
  registerIssue(tokens, context);
  registerList(tokens, context);
  registerRevoke(tokens, context);
};

interface IssueOptions extends Options {
  readonly serviceAccount: string;
  readonly role?: string;
  readonly environment: readonly string[];
  readonly expires: number;
  readonly note?: string;
}

function registerIssue(tokens: Command, context: CommandContext): void {
  const command = tokens
    .command('issue')
    .description('Print a token for a service account. It is shown once.')
    .requiredOption('--service-account <name>', 'whose it is')
    .option('--role <role>', `${PersonRoleSchema.options.join(', ')} (default: what the bindings give)`)
    .option('--environment <name>', 'where the role holds (default: everywhere). Repeatable', collect, [])
    .requiredOption('--expires <days>', 'how long it is valid, such as 90d; at most 366d', parseExpiry)
    .option('--note <text>', 'what it is for; shown in lists and in the audit')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  npx towpath tokens issue --service-account ci --role engineer --environment int --expires 90d',
    );
  addConnectionOptions(command).action(async (options: IssueOptions) => {
    const { serviceAccount, environment, expires: expiresInDays, note } = options;
    const body = {
      ...{ serviceAccount, expiresInDays, note, role: parseRole(options.role) },
      ...(environment.length > 0 && { environments: [...environment] }),
    };
    const issued = await connect(context, options).call(IssueToken, { body });
    context.err(`Token ${issued.id} of ${issued.name}, until ${issued.expiresAt}. It is not shown again.\n`);
    context.out(options.json ? `${JSON.stringify(issued, null, 2)}\n` : `${issued.token}\n`);
  });
}

function registerList(tokens: Command, context: CommandContext): void {
  const command = tokens
    .command('list')
    .description('List access tokens, newest first; never what they consist of.')
    .option('--name <name>', 'only those of this person or service account (service-account:ci)')
    .option('--json', 'print JSON');
  addConnectionOptions(command).action(async ({ name, ...options }: Options & { readonly name?: string }) => {
    const answer = await connect(context, options).call(ListTokens, { query: { name } });
    context.out(options.json ? `${JSON.stringify(answer, null, 2)}\n` : format(answer.tokens));
  });
}

function registerRevoke(tokens: Command, context: CommandContext): void {
  const command = tokens
    .command('revoke')
    .description('End a token at once, with the consoles that were opened from it.')
    .argument('<id>', 'id, as `npx towpath tokens list` shows it')
    .option('--reason <text>', 'why; kept in the audit')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  npx towpath tokens revoke 01890000-0000-7000-8000-000000000000 --reason leaked',
    );
  addConnectionOptions(command).action(async (tokenId: string, options: Options & { readonly reason?: string }) => {
    const input = { params: { tokenId }, body: { reason: options.reason } };
    const token = await connect(context, options).call(RevokeToken, input);
    context.out(options.json ? `${JSON.stringify(token, null, 2)}\n` : `Revoked: ${token.id} of ${token.name}.\n`);
  });
}

function parseRole(text: string | undefined) {
  if (text === undefined) return undefined;
  const parsed = PersonRoleSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new TowpathError({
    code: 'OPTION_INVALID',
    message: `--role can't be ${JSON.stringify(text.slice(0, 100))}.`,
    fix: `One of: ${PersonRoleSchema.options.join(', ')}`,
  });
}

function parseExpiry(text: string): number {
  const days = Number(/^(\d{1,3})d$/.exec(text)?.[1]);
  if (days >= 1 && days <= 366) return days;
  throw new InvalidArgumentError('It must be a number of days from 1d to 366d.');
}

function format(tokens: readonly TokenView[]): string {
  if (tokens.length === 0) return 'There is no token.\n';
  const rows = tokens.map((token) => [
    token.id,
    token.name,
    token.role ?? 'by bindings',
    token.environments?.join(', ') ?? 'all',
    token.revokedAt === null ? `until ${token.expiresAt}` : `revoked at ${token.revokedAt}`,
    token.issuedBy ?? 'operator',
    token.note ?? '',
  ]);
  return formatTable(['ID', 'NAME', 'ROLE', 'ENVIRONMENTS', 'VALID', 'ISSUED BY', 'NOTE'], rows);
}
