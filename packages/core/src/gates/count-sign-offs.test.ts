// A68, A70, A79: each human counts once, whatever roles, names and accounts they come with.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countSignOffs } from './count-sign-offs.ts';
import type { PromotionFacts, SignOff } from './promotion-facts.ts';
import { buildFacts, buildSignOff, HOUR_MS, NOW_MS } from './testing/build-facts.ts';

const ROLES = ['business', 'engineer', 'release-manager'] as const;

const token = { person: 'pat', role: 'engineer', account: '', givenAtMs: NOW_MS - 2 * HOUR_MS };
const signedIn = { person: 'pat', role: 'business', account: 'i s-1', givenAtMs: NOW_MS - HOUR_MS };

const count = (words: readonly Partial<SignOff>[], facts: Partial<PromotionFacts> = {}) =>
  countSignOffs(buildFacts(facts), words.map(buildSignOff), { business: 1, engineer: 1 });

describe('A68 one human counts once over all roles', () => {
  test.each([
    ['an account that is not known', [token, signedIn]],
    ['in any order', [signedIn, token]],
    ['of a token that was given after a revocation', [{ ...token, account: 'pat since 2026-06-01' }, signedIn]],
    ['under another name', [{ ...token, account: 'i s-1', person: 'maiden' }, signedIn]],
  ])('%s', (_, words) => {
    const { given, missing } = count(words);
    expect({ given, missing }).toEqual({ given: { business: ['pat'], engineer: [] }, missing: { engineer: 1 } });
  });

  test('by what they said last, and the verdict says so', () => {
    expect(count([token, { ...signedIn, givenAtMs: token.givenAtMs - 1 }])).toEqual({
      given: { business: [], engineer: ['pat'] },
      missing: { business: 1 },
      notCounted: { pat: 'has said something newer' },
    });
  });

  test('two accounts that are known are two, whatever their names', () => {
    const words = [{ ...token, account: 'i s-2' }, signedIn];
    expect(count(words)).toEqual({ given: { business: ['pat'], engineer: ['pat'] }, missing: {} });
  });
});

describe('A68 what somebody did themselves', () => {
  const anna = { person: 'anna', role: 'engineer', account: 'i s-2' };
  const behind = (account: string) => ({ behind: { author: { name: 'anna', account }, initiator: { name: 'rita' } } });

  test('is approved by another account that has the name since', () => {
    expect(count([anna], behind('i s-1'))).toMatchObject({ given: { engineer: ['anna'] } });
  });

  test.each([
    ['the same account', behind('i s-2')],
    ['an account that is not known', behind('')],
    ['nobody known behind', {}],
  ])('is not by %s, and the verdict says so', (_, facts) => {
    expect(count([anna], facts)).toMatchObject({
      given: { engineer: [] },
      notCounted: { anna: 'made the release' },
    });
    expect(count([{ ...anna, person: 'rita', account: '' }], facts)).toMatchObject({
      notCounted: { rita: 'asked for the promotion' },
    });
  });
});

test('A68 everybody counts once, and only once', () => {
  // Some give two words with and without their account, others by two names.
  const toWord = (at: number, isOther: boolean) =>
    at % 2 === 0
      ? { person: `p${at}`, account: isOther ? '' : `i s-${at}` }
      : { person: isOther ? `q${at}` : `p${at}`, account: `i s-${at}` };
  const word = fc.record({
    at: fc.integer({ min: 0, max: 4 }),
    isOther: fc.boolean(),
    role: fc.constantFrom(...ROLES),
    hoursAgo: fc.integer({ min: 0, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), (drawn) => {
      const words = drawn.map(({ at, isOther, role, hoursAgo }) =>
        buildSignOff({ ...toWord(at, isOther), role, givenAtMs: NOW_MS - hoursAgo * HOUR_MS }),
      );
      const { given } = countSignOffs(buildFacts(), words, Object.fromEntries(ROLES.map((role) => [role, 1])));
      const counted = Object.values(given)
        .flat()
        .map((name) => name.slice(1));
      expect(counted.sort()).toEqual([...new Set(drawn.map(({ at }) => `${at}`))].sort());
    }),
  );
});
