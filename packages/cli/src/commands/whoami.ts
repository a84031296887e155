import { GetSession, type GrantView, type SessionView } from '@towpath/api';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { formatTable } from '../rendering/table.ts';
import type { RegisterCommand } from './register-command.ts';

/** `npx towpath whoami`: who the server takes one for, and which role holds where. */
export const registerWhoami: RegisterCommand = (program, context) => {
  const command = program
    .command('whoami')
    .description('Show who you are to the server, which roles you have in which environments, and what gives them.')
    .option('--json', 'print JSON');
  addConnectionOptions(command).action(
    async ({ json, ...options }: ConnectionOptions & { readonly json?: boolean }) => {
      const { csrf: _, ...session } = await connect(context, options).call(GetSession);
      context.out(json ? `${JSON.stringify(session, null, 2)}\n` : format(session));
    },
  );
};

function format({ name, role, grants, groups, expiresAt, environment }: Omit<SessionView, 'csrf'>): string {
  const until = expiresAt === undefined ? '' : `, until ${expiresAt}`;
  if (environment !== undefined) return `${name}: ${role} of ${environment}${until}\n`;
  const own = groups === undefined ? '' : `Groups: ${groups.length > 0 ? groups.join(', ') : 'none'}\n`;
  return `${name}${until}\n${own}${formatGrants(grants ?? [], role)}`;
}

function formatGrants(grants: readonly GrantView[], role: SessionView['role']): string {
  if (grants.length === 0 && role !== null) return `${role}\n`;
  if (grants.length === 0) return 'No role: no binding names you or a group of yours. Ask an administrator.\n';
  const rows = grants.map((grant) => [grant.role, grant.environments?.join(', ') ?? 'all', grant.from]);
  return formatTable(['ROLE', 'ENVIRONMENTS', 'BY'], rows);
}
