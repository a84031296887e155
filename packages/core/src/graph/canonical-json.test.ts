import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCanonicalJson } from './canonical-json.ts';

describe('formatCanonicalJson', () => {
  it('sorts members at every depth and leaves undefined out', () => {
    expect(formatCanonicalJson({ b: [{ d: 1, c: null }], a: undefined, '10': 'x' })).toBe(
      '{"10":"x","b":[{"c":null,"d":1}]}',
    );
  });

  it('holds the same value as the JSON it came from', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(formatCanonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('does not depend on the order in which members were written', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(formatCanonicalJson(reversed)).toBe(formatCanonicalJson(value));
      }),
    );
  });
});
