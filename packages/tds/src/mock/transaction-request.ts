// Requests of the transaction manager: begin, commit, roll back (MS-TDS 2.2.6.9).
import { ByteReader } from '../codec/byte-reader.ts';
import { skipAllHeaders } from '../codec/requests.ts';
import { EnvChange, Token } from '../codec/tokens.ts';
import type { BatchContext } from './batch/batch-context.ts';
import { notSupported } from './engine/mock-sql-error.ts';
import { writeError } from './run-batch.ts';

const BEGIN = 5;
const COMMIT = 7;
const ROLLBACK = 8;
/** A session has one transaction, so one name for it will do. */
const DESCRIPTOR = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);

const NAMES: ReadonlyMap<number, string> = new Map([
  [BEGIN, 'begin transaction'],
  [COMMIT, 'commit transaction'],
  [ROLLBACK, 'rollback transaction'],
]);

/** The number of a request, and the statement it stands for. */
export function readTransactionRequest(message: Buffer): { readonly type: number; readonly name: string } {
  const reader = new ByteReader(message);
  skipAllHeaders(reader);
  const type = reader.u16();
  return { type, name: NAMES.get(type) ?? `transaction request ${type}` };
}

/** Runs it and writes its ENVCHANGE, or its error; true when it failed. */
export function runTransactionRequest(type: number, context: BatchContext): boolean {
  try {
    runRequest(type, context);
    return false;
  } catch (error) {
    writeError(context.response, error);
    return true;
  }
}

function runRequest(type: number, { engine, session, response }: BatchContext): void {
  switch (type) {
    case BEGIN:
      engine.transactions.begin(session);
      response.tokens.u8(Token.envChange).u16(11).u8(EnvChange.beginTransaction).u8(8).bytes(DESCRIPTOR).u8(0);
      return;
    case COMMIT:
      engine.transactions.commit(session);
      response.tokens.u8(Token.envChange).u16(11).u8(EnvChange.commitTransaction).u8(0).u8(8).bytes(DESCRIPTOR);
      return;
    case ROLLBACK:
      engine.transactions.rollback(session);
      response.tokens.u8(Token.envChange).u16(11).u8(EnvChange.rollbackTransaction).u8(0).u8(8).bytes(DESCRIPTOR);
      return;
    default:
      throw notSupported(`the transaction request ${type}`);
  }
}
