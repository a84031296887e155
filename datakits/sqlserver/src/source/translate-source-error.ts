// What the source's own errors mean while rows are read: some go away by themselves, because somebody else's transaction
// or change of the table was in the way.
import { TowpathError } from '@towpath/core';
import { readServerErrorNumber } from './describe-table.ts';

/** Invalid column (207) or object (208), metadata changed under SNAPSHOT (3961): the table was changed meanwhile. */
const MOVING: readonly number[] = [207, 208, 3961];
/** Deadlock victim (1205), lock time-out (1222), update conflict under SNAPSHOT (3960). */
const CONFLICT: readonly number[] = [1205, 1222, 3960];

/** Gives such an error a code that a retry understands; anything else passes through. */
export function translateSourceError(error: unknown): unknown {
  const number = readServerErrorNumber(error);
  if (number === undefined || !(error instanceof TowpathError)) return error;
  if (MOVING.includes(number)) {
    return new TowpathError(
      {
        code: 'SOURCE_SCHEMA_MOVING',
        message: 'The source table was changed while it was being read.',
        cause: error.message,
        fix: 'Nothing was published. Run again.',
      },
      { cause: error },
    );
  }
  if (!CONFLICT.includes(number)) return error;
  return new TowpathError(
    {
      code: 'SOURCE_CONFLICT',
      message: 'Another transaction at the source was in the way.',
      cause: error.message,
      fix: 'Nothing was published. Run again.',
    },
    { cause: error },
  );
}
