// The chain as lines, page by page: its length costs no memory, and no transaction stays open while a reader is slow.
import type { AuditExportLine } from '@towpath/api';
import type { Db } from '../db/database.ts';
import { listCheckpoints } from './operations/list-checkpoints.ts';
import { readAudit } from './operations/read-audit.ts';

/** Some 500 KiB of text a page. */
const PAGE_ENTRIES = 1000;

/** The lines behind a number, each with its newline; a checkpoint stands behind the entry it signs. */
export async function* exportAudit(db: Db, after: number): AsyncGenerator<string> {
  let position = after;
  for (;;) {
    const entries = await readAudit(db, position, PAGE_ENTRIES);
    const isLast = entries.length < PAGE_ENTRIES;
    const last = entries.at(-1)?.sequence ?? position;
    // Behind the last entry too: a checkpoint without its entry is what a cut tail leaves.
    const checkpoints = await listCheckpoints(db, position, isLast ? Number.MAX_SAFE_INTEGER : last);
    const lines: AuditExportLine[] = [
      ...entries.map((entry) => ({ kind: 'entry' as const, ...entry })),
      ...checkpoints.map((checkpoint) => ({ kind: 'checkpoint' as const, ...checkpoint })),
    ];
    // Stable: of one number the entry comes first, as it stands there.
    lines.sort((a, b) => a.sequence - b.sequence);
    if (lines.length > 0) yield lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    if (isLast) return;
    position = last;
  }
}
