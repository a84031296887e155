// A batch or a sp_executesql call from its text to its response.
import { Token, writeServerMessage } from '../codec/tokens.ts';
import type { BatchContext } from './batch/batch-context.ts';
import { BatchRun } from './batch/batch-run.ts';
import { toMockSqlError } from './engine/mock-sql-error.ts';
import type { SqlParameter } from './engine/sql-parameter.ts';
import { MOCK_SERVER_NAME } from './mock-login.ts';
import type { ResponseWriter } from './response-writer.ts';

/** How a batch ended. */
export interface BatchOutcome {
  readonly hasFailed: boolean;
  /** False when the DONE of the last statement ended the response already. */
  readonly needsDone: boolean;
  /** The parameters as the batch left them; none after an error. */
  readonly parameters: readonly SqlParameter[];
}

/** Runs statement by statement; the first error that no TRY catches is sent and ends the batch. */
export async function runBatch(
  sql: string,
  parameters: readonly SqlParameter[],
  context: BatchContext,
): Promise<BatchOutcome> {
  const run = new BatchRun(context);
  try {
    const left = await run.run(sql, parameters);
    const isLast = context.doneToken === Token.done && !context.signal.aborted;
    return { hasFailed: false, needsDone: !(run.flush(isLast) && isLast), parameters: left };
  } catch (error) {
    run.flush(false);
    writeError(context.response, error);
    return { hasFailed: true, needsDone: true, parameters: [] };
  }
}

/** Writes any error as an ERROR token. */
export function writeError(response: ResponseWriter, error: unknown): void {
  const known = toMockSqlError(error);
  writeServerMessage(response.tokens, Token.error, {
    number: known.number,
    state: 1,
    severity: known.severity,
    text: known.message,
    serverName: MOCK_SERVER_NAME,
    procedureName: '',
    line: 1,
  });
}
