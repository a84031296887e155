// The generated passwords of the embedded PostgreSQL, kept beside its data, readable by their owner alone.

import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TowpathError } from '@towpath/core';

export interface Credentials {
  readonly superuserPassword: string;
  readonly statePassword: string;
}

/**
 * The credentials in `folder`; made on the first start. Of two first starts at once both get the same ones: the file
 * appears whole, by link(2), or not at all. Errors: `EMBEDDED_POSTGRES_CREDENTIALS_UNREADABLE`.
 */
export async function ensureCredentials(folder: string, hasData: boolean): Promise<Credentials> {
  const path = join(folder, 'credentials.json');
  if (!hasData) await createCredentials(path);
  try {
    return parseCredentials(await readFile(path, 'utf8'));
  } catch (error) {
    throw new TowpathError(
      {
        code: 'EMBEDDED_POSTGRES_CREDENTIALS_UNREADABLE',
        message: `The passwords of the embedded PostgreSQL cannot be read from ${path}.`,
        cause: error instanceof Error ? error.message : String(error),
        fix: `Put the file back, or start over without the local data: remove ${folder}`,
      },
      { cause: error },
    );
  }
}

async function createCredentials(path: string): Promise<void> {
  // 24 random bytes: 192 bits, and base64url needs no escaping in a URL.
  const password = (): string => randomBytes(24).toString('base64url');
  const credentials: Credentials = { superuserPassword: password(), statePassword: password() };
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

function parseCredentials(text: string): Credentials {
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && 'superuserPassword' in value && 'statePassword' in value) {
    const { superuserPassword, statePassword } = value;
    if (typeof superuserPassword === 'string' && typeof statePassword === 'string') {
      return { superuserPassword, statePassword };
    }
  }
  throw new Error('superuserPassword or statePassword is missing');
}
