import type { BoardRow } from '@towpath/api';
import type pg from 'pg';
import { withSnapshot } from '../db/database.ts';
import { listBoard } from './operations/list-board.ts';
import { listLivePromotions } from './operations/list-live-promotions.ts';

/** Environments in order, with what they run and what is on its way there. Two statements of one state. */
export function readBoard(pool: pg.Pool): Promise<BoardRow[]> {
  return withSnapshot(pool, async (tx) => {
    const live = new Map((await listLivePromotions(tx)).map((one) => [one.environment, one]));
    return (await listBoard(tx)).map((row) => ({ ...row, promotion: live.get(row.environment) ?? null }));
  });
}
