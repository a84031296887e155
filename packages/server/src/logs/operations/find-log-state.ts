import type { AttemptState } from '@towpath/core';
import { isTerminalAttemptState } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** How long a log is, and whether it will grow. */
export interface LogState {
  readonly lengthBytes: number;
  readonly isComplete: boolean;
}

const STATEMENT = `select log_length, state from attempts where id = $1`;

/**
 * The state of a log; nobody waits for what a given-up attempt may still bring. Uses attempts_pkey; locks nothing. Undefined: no such
 * attempt.
 */
export async function findLogState(db: Db, attemptId: string): Promise<LogState | undefined> {
  const { rows } = await db.query<{ log_length: number; state: AttemptState }>(STATEMENT, [attemptId]);
  const row = rows[0];
  return row && { lengthBytes: row.log_length, isComplete: isTerminalAttemptState(row.state) };
}
