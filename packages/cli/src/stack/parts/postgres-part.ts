import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepPostgres } from '../../dev/kept-postgres.ts';
import { type ConfigOf, DATA_FOLDER, PORTS } from '../part-config.ts';
import type { Part } from './part.ts';

/** State and warehouse. The passwords are the host's, so that its commands reach the state, too. */
export async function startPostgresPart(
  { credentials }: ConfigOf<'postgres'>,
  notify: (line: string) => void,
): Promise<Part> {
  const folder = join(DATA_FOLDER, 'postgres');
  const file = join(folder, 'credentials.json');
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (!existsSync(file)) writeFileSync(file, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  const postgres = await keepPostgres({ folder, preferredPort: PORTS.postgres, reach: 'network' }, notify);
  return { close: () => postgres.stop() };
}
