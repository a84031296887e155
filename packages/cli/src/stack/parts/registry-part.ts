import { join } from 'node:path';
import { serveRegistry } from '@towpath/oci';
import { type ConfigOf, DATA_FOLDER, PORTS } from '../part-config.ts';
import type { Part } from './part.ts';

/** Images of datakits, as the engine pulls them. Attempts are in its network, and must not put others in their place. */
export async function startRegistryPart({ writePassword }: ConfigOf<'registry'>): Promise<Part> {
  const folder = join(DATA_FOLDER, 'registry');
  return await serveRegistry({ folder, host: '0.0.0.0', port: PORTS.registry, writePassword });
}
