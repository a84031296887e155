import { join } from 'node:path';
import { serveRegistry } from '@towpath/oci';
import { DATA_FOLDER, PORTS } from '../part-config.ts';
import type { Part } from './part.ts';

/** Images of datakits, as the engine pulls them. */
export async function startRegistryPart(): Promise<Part> {
  return await serveRegistry({ folder: join(DATA_FOLDER, 'registry'), host: '0.0.0.0', port: PORTS.registry });
}
