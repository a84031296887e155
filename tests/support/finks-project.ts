// A copy of examples/finks in a folder of its own.
import { cpSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** Ports for `npm start` that clash with nobody's. */
export const FREE_PORTS = { CONSOLE_PORT: '0', POSTGRES_PORT: '0', MOCK_PORT: '0', FMP_PORT: '0' };

/** Copies it, with the packages it needs, and returns its folder. */
export function createFinksProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'towpath-finks-'));
  cpSync(join(REPOSITORY, 'examples/finks'), folder, {
    recursive: true,
    filter: (path) => !/node_modules|\.towpath/.test(path),
  });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(REPOSITORY, 'packages/cli'), join(folder, 'node_modules/towpath'));
  for (const name of ['pg', '@aws-sdk'])
    symlinkSync(join(REPOSITORY, 'node_modules', name), join(folder, 'node_modules', name));
  return folder;
}
