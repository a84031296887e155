import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSecretReference, isSecretReference, parseSecretReference } from './secret-reference.ts';

const SEGMENT = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => !/[/#\\\s\p{Cc}\p{Cs}]/u.test(text) && text !== '.' && text !== '..');
const NAME = fc
  .tuple(fc.constantFrom('', '/'), fc.array(SEGMENT, { minLength: 1, maxLength: 5 }))
  .map(([start, segments]) => start + segments.join('/'));
const REFERENCE = fc.record({ name: NAME, field: fc.option(SEGMENT, { nil: undefined }) });

describe('a secret reference', () => {
  it.each([
    ['secret://warehouse', { name: 'warehouse', field: undefined }],
    ['secret://warehouse#password', { name: 'warehouse', field: 'password' }],
    ['secret:///prod/fmp/api_key', { name: '/prod/fmp/api_key', field: undefined }],
    ['secret://fmp/api_key#token', { name: 'fmp/api_key', field: 'token' }],
    ['secret://4711#private-key', { name: '4711', field: 'private-key' }],
    ['secret://a/..b/c...', { name: 'a/..b/c...', field: undefined }],
  ])('%s is read', (text, reference) => {
    expect(parseSecretReference(text)).toEqual(reference);
  });

  it.each([
    'warehouse',
    'Secret://warehouse',
    'secret:/warehouse',
    'secret://',
    'secret:///',
    'secret://#password',
    'secret://warehouse#',
    'secret://warehouse#a#b',
    'secret://ware house',
    'secret://warehouse#pass word',
    'secret://warehouse\n',
    'secret:////prod/x',
    'secret://dev//x',
    'secret://dev/',
    'secret://dev/../prod/x',
    'secret:///dev/./x',
    'secret://..',
    'secret://dev\\..\\prod',
    `secret://${'x'.repeat(2000)}`,
  ])('%j is none', (text) => {
    expect(parseSecretReference(text)).toBeUndefined();
  });

  it('survives being written and read', () => {
    fc.assert(
      fc.property(REFERENCE, (reference) => {
        expect(parseSecretReference(formatSecretReference(reference))).toEqual(reference);
        expect(isSecretReference(formatSecretReference(reference))).toBe(true);
      }),
    );
  });

  it('has one spelling: whatever is read is written as it stood', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('/', '#', '.', '\\', ' ', 'a', '\u0000') }), (rest) => {
        const reference = parseSecretReference(`secret://${rest}`);
        if (reference !== undefined) expect(formatSecretReference(reference)).toBe(`secret://${rest}`);
      }),
    );
  });
});
