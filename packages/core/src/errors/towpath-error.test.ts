import { describe, expect, it } from 'vitest';
import { formatErrorLines, TowpathError, toErrorFacts } from './towpath-error.ts';

describe('errors', () => {
  it('print as what, why, fix', () => {
    const error = new TowpathError({
      code: 'PORT_BUSY',
      message: 'Port 1 is busy.',
      cause: 'Another program.',
      fix: 'End it.',
    });
    expect(formatErrorLines(toErrorFacts(error))).toBe(
      'error PORT_BUSY: Port 1 is busy.\n  why: Another program.\n  fix: End it.',
    );
  });

  it('leave out the lines that have nothing to say', () => {
    expect(formatErrorLines({ code: 'X', message: 'Y.' })).toBe('error X: Y.');
  });

  it('become INTERNAL_ERROR when they are foreign', () => {
    expect(toErrorFacts(new RangeError('boom'))).toMatchObject({ code: 'INTERNAL_ERROR', cause: 'boom' });
    expect(toErrorFacts('text')).toMatchObject({ code: 'INTERNAL_ERROR', cause: 'text' });
  });
});
