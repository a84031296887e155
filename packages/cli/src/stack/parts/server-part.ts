import { join } from 'node:path';
import { migrate, startServer } from '@towpath/server';
import { consoleFolder } from '../../assets.ts';
import { ensureAuditKey } from '../../audit/audit-key.ts';
import { readEvidenceSurroundings } from '../../evidence/evidence-surroundings.ts';
import { VERSION } from '../../version.ts';
import { type ConfigOf, DATA_FOLDER } from '../part-config.ts';
import type { Part } from './part.ts';

/** The control plane. Agents call it by its name in the network; browsers by that of the host, at the same port. */
export async function startServerPart({
  databaseUrl,
  port,
  retentionDays,
  evidenceVariables,
}: ConfigOf<'server'>): Promise<Part> {
  await migrate(databaseUrl);
  return await startServer({
    databaseUrl,
    host: '0.0.0.0',
    port,
    allowedHosts: ['server'],
    consoleFolder: consoleFolder(),
    version: VERSION,
    evidence: readEvidenceSurroundings(evidenceVariables),
    auditKey: ensureAuditKey(join(DATA_FOLDER, 'server', 'audit-key.pem')),
    ...(retentionDays !== undefined && { retentionDays }),
  });
}
