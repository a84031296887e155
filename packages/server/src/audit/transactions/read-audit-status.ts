import type { AuditStatusView } from '@towpath/api';
import type pg from 'pg';
import { withSnapshot } from '../../db/database.ts';
import { countUnlinkedEntries } from '../operations/count-unlinked-entries.ts';
import { findAuditHead } from '../operations/find-audit-head.ts';
import { findLastCheckpoint } from '../operations/find-last-checkpoint.ts';

/** How far the chain and its signatures reach, at one moment. */
export function readAuditStatus(pool: pg.Pool): Promise<Omit<AuditStatusView, 'publicKey'>> {
  return withSnapshot(pool, async (tx) => ({
    ...(await findAuditHead(tx)),
    ...(await countUnlinkedEntries(tx)),
    checkpoint: (await findLastCheckpoint(tx))?.checkpoint ?? null,
  }));
}
