import { TowpathError } from '@towpath/core';
import { describe, expect, it } from 'vitest';
import { toExitCode } from './exit-codes.ts';

describe('an error that a person must end', () => {
  it.each(['TDS_ENCRYPTION_MISMATCH', 'TDS_TLS_FAILED', 'TDS_LOGIN_FAILED', 'TDS_ROUTING_LOOP'])(
    '%s of the source is 78',
    (code) => {
      expect(toExitCode(new TowpathError({ code, message: 'It failed.' }))).toBe(78);
    },
  );

  it.each(['COLUMN_NAME_RESERVED', 'TOO_MANY_COLUMNS', 'TARGET_SCHEMA_RESERVED'])('%s of a name is 78', (code) => {
    expect(toExitCode(new TowpathError({ code, message: 'It failed.' }))).toBe(78);
  });
});
