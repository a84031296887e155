// Tokens that `npx towpath login` got, by server, in a file that its owner alone can read.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { CommandContext } from '../context.ts';

const StoredLogin = z.object({ token: z.string(), name: z.string(), expiresAt: z.string() });
const StoredLogins = z.record(z.string(), StoredLogin);

/** Of one server. */
export type StoredLogin = z.infer<typeof StoredLogin>;

/** Where they are kept. */
export function loginsPath({ env }: Pick<CommandContext, 'env'>): string {
  const folder = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config');
  return join(folder, 'towpath', 'logins.json');
}

/** That of a server; undefined: nobody signed in there, or it is over. */
export function findLogin(context: Pick<CommandContext, 'env'>, server: string): StoredLogin | undefined {
  const logins = readLogins(context);
  const login = Object.hasOwn(logins, server) ? logins[server] : undefined;
  return login && Date.parse(login.expiresAt) > Date.now() ? login : undefined;
}

/** Keeps that of a server; undefined: forgets it. */
export function storeLogin(context: Pick<CommandContext, 'env'>, server: string, login: StoredLogin | undefined): void {
  const { [server]: _, ...others } = readLogins(context);
  const path = loginsPath(context);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const next = `${path}.${process.pid}`;
  const logins = login === undefined ? others : { ...others, [server]: login };
  writeFileSync(next, `${JSON.stringify(logins, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, path);
}

function readLogins(context: Pick<CommandContext, 'env'>): Readonly<Record<string, StoredLogin>> {
  try {
    return StoredLogins.parse(JSON.parse(readFileSync(loginsPath(context), 'utf8')));
  } catch {
    // Absent, or not ours: as if nobody had signed in. The next sign-in writes it anew.
    return {};
  }
}
