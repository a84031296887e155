import { ApiError, createClient, SignOut } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import { parseServerAddress } from '../connection/connect.ts';
import { findLogin, storeLogin } from '../connection/stored-logins.ts';
import type { RegisterCommand } from './register-command.ts';

/** `npx towpath logout`: the token of `login` ends on the server, and is forgotten here. */
export const registerLogout: RegisterCommand = (program, context) => {
  program
    .command('logout')
    .description('End the sign-in at a server: its token is worth nothing from then on.')
    .argument('[server]', 'address of the server (default: TOWPATH_SERVER)')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath logout https://towpath.example.com')
    .action(async (given: string | undefined, { json }: { readonly json?: boolean }) => {
      const server = parseServerAddress(given ?? context.env.TOWPATH_SERVER ?? '');
      const login = findLogin(context, server);
      if (!login) throw notSignedIn(server);
      await endLogin(server, login.token);
      storeLogin(context, server, undefined);
      const { name } = login;
      context.out(json ? `${JSON.stringify({ server, name }, null, 2)}\n` : `Signed out of ${server} as ${name}.\n`);
    });
};

// What an administrator ended before is over as well.
async function endLogin(server: string, token: string): Promise<void> {
  const client = createClient({ baseUrl: server, headers: () => ({ authorization: `Bearer ${token}` }) });
  await client.call(SignOut).catch((thrown: unknown) => {
    if (!(thrown instanceof ApiError && thrown.status === 401)) throw thrown;
  });
}

function notSignedIn(server: string): TowpathError {
  return new TowpathError({
    code: 'LOGIN_MISSING',
    message: `Nobody is signed in at ${server} from here.`,
    fix: `Nothing is to be done; to sign in: npx towpath login ${server}`,
  });
}
