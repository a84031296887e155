import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { createClient, GetLoginOptions, RedeemLogin, StartLogin } from '@towpath/api';
import { formatLoginCheck, TowpathError } from '@towpath/core';
import { listenForLogin } from '../connection/await-login.ts';
import { parseServerAddress } from '../connection/connect.ts';
import { openBrowser } from '../connection/open-browser.ts';
import { loginsPath, type StoredLogin, storeLogin } from '../connection/stored-logins.ts';
import type { CommandContext } from '../context.ts';
import { VERSION } from '../version.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options {
  readonly browser: boolean;
  readonly json?: boolean;
}

/** `npx towpath login`: a person's token, by the identity provider of a server. */
export const registerLogin: RegisterCommand = (program, context) => {
  program
    .command('login')
    .description('Sign in to a server by its identity provider, in a browser on this machine; later commands use it.')
    .argument('[server]', 'address of the server (default: TOWPATH_SERVER)')
    .option('--no-browser', 'only print the address to open')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath login https://towpath.example.com')
    .action(async (given: string | undefined, options: Options) => {
      const server = parseServerAddress(given ?? context.env.TOWPATH_SERVER ?? refuseNameless());
      const login = await signIn(context, server, options);
      storeLogin(context, server, login);
      const { name, expiresAt } = login;
      if (options.json) context.out(`${JSON.stringify({ server, name, expiresAt }, null, 2)}\n`);
      else context.out(formatSignedIn(context, server, login));
    });
};

async function signIn(context: CommandContext, server: string, options: Options): Promise<StoredLogin> {
  const client = createClient({ baseUrl: server });
  const { provider } = await client.call(GetLoginOptions);
  if (provider === null) throw notOffered(server);
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const listener = await listenForLogin(context.signal);
  try {
    const program = `towpath ${VERSION} on ${hostname()}`.slice(0, 200);
    const query = new URLSearchParams({ port: String(listener.port), program, challenge });
    const address = `${server}${StartLogin.path}?${query.toString()}`;
    context.err(
      `Sign in at ${provider}, in a browser on this machine:\n  ${address}\nThe page then asks whether to let this program in, and shows ${formatLoginCheck(challenge)}.\n`,
    );
    if (options.browser && context.isTerminal) openBrowser(address);
    return await client.call(RedeemLogin, { body: { code: await listener.code, verifier } });
  } finally {
    listener.close();
  }
}

function formatSignedIn(context: CommandContext, server: string, { name, expiresAt }: StoredLogin): string {
  const hint = context.env.TOWPATH_SERVER ? '' : `To use it: export TOWPATH_SERVER=${server}\n`;
  return `Signed in at ${server} as ${name}, until ${expiresAt}.\nThe token is in ${loginsPath(context)}.\n${hint}`;
}

function notOffered(server: string): TowpathError {
  return new TowpathError({
    code: 'LOGIN_NOT_OFFERED',
    message: `${server} has no identity provider.`,
    cause: 'It was started without one.',
    fix: 'Set TOWPATH_TOKEN to an access token of that server.',
  });
}

function refuseNameless(): never {
  throw new TowpathError({
    code: 'SERVER_MISSING',
    message: 'Which server?',
    fix: 'Give its address, or set TOWPATH_SERVER.',
  });
}
