import type { BoardPipeline, BoardRow } from '@towpath/api';
import type pg from 'pg';
import { withSnapshot } from '../db/database.ts';
import { listBoard } from './operations/list-board.ts';
import { listBoardPipelines } from './operations/list-board-pipelines.ts';
import { listLivePromotions } from './operations/list-live-promotions.ts';

/** The board. */
export interface Board {
  readonly rows: BoardRow[];
  readonly pipelines: BoardPipeline[];
}

/** Environments in order, with what they run, what is on its way there and how it runs. Three statements of one state. */
export function readBoard(pool: pg.Pool): Promise<Board> {
  return withSnapshot(pool, async (tx) => {
    const live = new Map((await listLivePromotions(tx)).map((one) => [one.environment, one]));
    const rows = (await listBoard(tx)).map((row) => ({ ...row, promotion: live.get(row.environment) ?? null }));
    return { rows, pipelines: await listBoardPipelines(tx) };
  });
}
