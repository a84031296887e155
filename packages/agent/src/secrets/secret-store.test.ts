// Age, outage, sharing and audit of a store, by a provider that a test drives; real providers run the contract suite.
import { inspect } from 'node:util';
import { parseSecretReference } from '@towpath/core';
import { waitFor } from '@towpath/testkit';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decideKeptState } from './kept-secrets.ts';
import { toContentDocument } from './secret-document.ts';
import { secretDenied, secretMissing, secretUnreachable } from './secret-errors.ts';
import type { SecretDocument, SecretProvider } from './secret-provider.ts';
import { createSecretStore, type SecretRead, type SecretStore, type SecretStoreOptions } from './secret-store.ts';
import { SecretValue } from './secret-value.ts';

type Question = { readonly name: string; answer(text: string): void; fail(thrown: unknown): void };

const UNREACHABLE = secretUnreachable('stub', 'It is down.');

let questions: Question[];
let reads: SecretRead[];
let nowMs: number;
let store: SecretStore;

beforeEach(() => {
  [questions, reads, nowMs] = [[], [], 0];
  store = open();
});
afterEach(() => store.close());

/** A provider whose questions wait until the test answers them. */
const provider: SecretProvider = {
  name: 'stub',
  isLocal: false,
  fetch: (name) => {
    const { promise, resolve, reject } = Promise.withResolvers<SecretDocument>();
    questions.push({ name, answer: (text) => resolve(toContentDocument(new SecretValue(text))), fail: reject });
    return promise;
  },
  toPath: (name) => `/${name}`,
  close: () => undefined,
};

function open(more: Partial<SecretStoreOptions> = {}): SecretStore {
  return createSecretStore({
    environment: 'dev',
    provider,
    policy: { ttlSeconds: 300, maxStaleSeconds: 3600 },
    paths: { own: [], shared: [], others: [] },
    audit: (read) => void reads.push(read),
    clock: () => nowMs,
    ...more,
  });
}

const reference = (text: string) => parseSecretReference(text) ?? expect.fail(`${text} is malformed`);
const ask = async (text = 'secret://a', consumer = 'attempt-1') =>
  (await store.resolve(reference(text), { consumer: { attemptId: consumer, purpose: 'attempt' } })).text();
/** The question with this number, from 0, once it was asked. */
const question = (at: number) => waitFor(`question ${at}`, 5_000, () => questions[at]);
const outcomes = () => reads.map(({ outcome }) => outcome);

async function fill(value: string): Promise<void> {
  const asked = ask();
  (await question(questions.length)).answer(value);
  await asked;
}

describe('a store of secrets', () => {
  it('asks once within the time to live, and audits each consumer', async () => {
    await fill('v1');
    nowMs = 299_999;
    expect(await ask('secret://a', 'attempt-2')).toBe('v1');
    expect(questions).toHaveLength(1);
    expect(reads.map(({ consumer, outcome }) => [consumer.attemptId, outcome])).toEqual([
      ['attempt-1', 'fetched'],
      ['attempt-2', 'kept'],
    ]);
  });

  it('takes the fields of a name from one answer, so that user and password belong together', async () => {
    const both = [ask('secret://db#user'), ask('secret://db#password')];
    (await question(0)).answer('{"user":"u","password":"p"}');
    expect(await Promise.all(both)).toEqual(['u', 'p']);
    expect(questions).toHaveLength(1);
  });

  it('measures age from the question, not from a late answer', async () => {
    const asked = ask();
    const first = await question(0);
    nowMs = 299_000;
    first.answer('v1');
    await asked;
    nowMs = 300_000;
    const again = ask();
    (await question(1)).answer('v2');
    expect(await again).toBe('v2');
  });

  it('a clock that went backwards makes nothing younger', async () => {
    nowMs = 1_000_000;
    await fill('v1');
    nowMs = 999_999;
    const asked = ask();
    (await question(1)).fail(UNREACHABLE);
    await expect(asked).rejects.toMatchObject({ code: 'SECRET_PROVIDER_UNREACHABLE' });
  });

  it.each([
    ['denied', secretDenied('a', 'No.', 'Allow it.')],
    ['missing', secretMissing('a', 'Gone.', 'Create it.')],
  ])('forgets a value once it is %s, and an outage doesn’t bring it back', async (outcome, failure) => {
    await fill('v1');
    nowMs = 300_000;
    const refused = ask();
    (await question(1)).fail(failure);
    await expect(refused).rejects.toBe(failure);
    const unreachable = ask();
    (await question(2)).fail(UNREACHABLE);
    await expect(unreachable).rejects.toBe(UNREACHABLE);
    expect(outcomes()).toEqual(['fetched', outcome, 'unreachable']);
  });

  it('in an outage doesn’t ask again for each consumer, then does', async () => {
    await fill('v1');
    nowMs = 300_000;
    const first = ask();
    (await question(1)).fail(UNREACHABLE);
    expect([await first, await ask(), await ask()]).toEqual(['v1', 'v1', 'v1']);
    expect(questions).toHaveLength(2);
    nowMs += 15_000;
    const later = ask();
    (await question(2)).answer('v2');
    expect(await later).toBe('v2');
    expect(outcomes()).toEqual(['fetched', 'stale', 'stale', 'stale', 'fetched']);
  });

  it('obeys Retry-After, within reason', async () => {
    await fill('v1');
    for (const [retryAfterMs, pauseMs] of [
      [60_000, 60_000],
      [86_400_000, 300_000],
    ] as const) {
      nowMs += 300_000;
      const asked = ask();
      (await question(questions.length)).fail(secretUnreachable('stub', 'Busy.', retryAfterMs));
      await asked;
      const before = questions.length;
      nowMs += pauseMs - 1;
      await ask();
      expect(questions).toHaveLength(before);
      nowMs += 1;
      await fill('v1');
    }
  });

  it('a refused consumer has it asked anew, once per time to live, and its old value is not used again', async () => {
    await fill('v1');
    store.invalidate(reference('secret://a'));
    const asked = ask();
    (await question(1)).fail(UNREACHABLE);
    await expect(asked).rejects.toBe(UNREACHABLE);
    await fill('v2');
    store.invalidate(reference('secret://a'));
    expect(await ask()).toBe('v2');
    nowMs = 300_000 - 1;
    store.invalidate(reference('secret://a'));
    expect(await ask()).toBe('v2');
    nowMs = 300_000;
    store.invalidate(reference('secret://a'));
    const anew = ask();
    (await question(3)).answer('v3');
    expect(await anew).toBe('v3');
  });

  it('an answer from before the refusal is not kept', async () => {
    const early = ask();
    const first = await question(0);
    store.invalidate(reference('secret://a'));
    const late = ask();
    (await question(1)).answer('new');
    first.answer('old');
    expect(await Promise.all([early, late])).toEqual(['old', 'new']);
    expect(await ask()).toBe('new');
  });

  it('keeps a value back that can’t be audited', async () => {
    store = open({ audit: () => Promise.reject(new Error('disk full, canary')) });
    const asked = ask();
    (await question(0)).answer('canary');
    const thrown: unknown = await asked.catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'SECRET_AUDIT_FAILED' });
    expect(inspect(thrown, { depth: 10, showHidden: true })).not.toContain('canary');
  });

  it('tells nothing of an error it does not know', async () => {
    const asked = ask();
    (await question(0)).fail(new SyntaxError('Unexpected token in "canary"'));
    const thrown: unknown = await asked.catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'SECRET_PROVIDER_FAILED', reason: 'SyntaxError' });
    expect(inspect(thrown, { depth: 10, showHidden: true })).not.toContain('canary');
    expect(outcomes()).toEqual(['broken']);
  });

  it('does not wait longer than its time limit, even for a provider that never listens', async () => {
    store = open({ timeoutMs: 20 });
    await expect(ask()).rejects.toMatchObject({ code: 'SECRET_PROVIDER_UNREACHABLE' });
  });

  it('once closed ends what is under way and gives nothing out', async () => {
    await fill('v1');
    const asked = ask('secret://b');
    await question(1);
    store.close();
    store.close();
    await expect(asked).rejects.toMatchObject({ code: 'SECRET_PROVIDER_UNREACHABLE' });
    await expect(ask()).rejects.toMatchObject({ code: 'SECRET_STORE_CLOSED' });
  });
});

describe('the age of a kept value', () => {
  const seconds = fc.integer({ min: 0, max: 10_000 });
  it('goes from fresh over stale to spent, and never back', () => {
    const rank = { fresh: 0, stale: 1, spent: 2 };
    fc.assert(
      fc.property(seconds, seconds, seconds, seconds, (ttlSeconds, maxStaleSeconds, age, more) => {
        const policy = { ttlSeconds, maxStaleSeconds };
        const at = (ageSeconds: number) => decideKeptState(5, 5 + ageSeconds * 1000, policy);
        expect(rank[at(age + more)]).toBeGreaterThanOrEqual(rank[at(age)]);
        expect(at(age) === 'fresh').toBe(age < ttlSeconds);
        if (age > Math.max(ttlSeconds, maxStaleSeconds)) expect(at(age)).toBe('spent');
      }),
    );
  });

  it('is unknown before it was asked for', () => {
    expect(decideKeptState(5, 4, { ttlSeconds: 10, maxStaleSeconds: 10 })).toBe('spent');
  });
});
