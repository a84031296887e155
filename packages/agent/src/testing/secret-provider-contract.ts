// What every secret provider promises behind the store: one reference syntax, bytes as they are, a change that is seen, the
// same errors for the same reasons, and its content in no error. Local providers have no network to fail.
import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { parseSecretReference, toErrorFacts } from '@towpath/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SecretProvider } from '../secrets/secret-provider.ts';
import { createSecretStore, type SecretConsumer, type SecretRead, type SecretStore } from '../secrets/secret-store.ts';
import type { SecretValue } from '../secrets/secret-value.ts';
import type { Fault, FaultServer } from './fault-server.ts';

/** A provider under test, as its own test file opens it, for environment `dev`. */
export interface SecretProviderSubject {
  readonly provider: SecretProvider;
  /** Puts a secret of one value, over another of that name. */
  put(name: string, value: string | Buffer): Promise<void> | void;
  putFields(name: string, fields: Readonly<Record<string, string>>): Promise<void> | void;
  remove(name: string): Promise<void> | void;
  /** From now on the account of the agent may not read it. */
  deny?(name: string): Promise<void> | void;
  /** Where questions arrive; undefined for a local provider. */
  readonly server?: FaultServer;
  close(): Promise<void>;
}

/** What an implementation can't do, with the reason; the clauses about it are left out. */
export interface SecretProviderGaps {
  readonly bytes?: string;
  readonly deny?: string;
  readonly network?: string;
}

const TTL_SECONDS = 300;
const MAX_STALE_SECONDS = 3600;

/** As long as a question may take in these tests; what hangs is found out as fast. */
const TIMEOUT_MS = 3_000;

type Open = (context: { skip(note?: string): never }) => Promise<SecretProviderSubject>;

/** Runs the contract. */
export function testSecretProviderContract(open: Open, gaps: SecretProviderGaps = {}): void {
  const bench = createBench();
  beforeEach(async (context) => bench.start(await open(context)));
  afterEach(() => bench.end());
  testValues(bench, gaps);
  testChanges(bench);
  testGuard(bench);
  testRefusals(bench, gaps);
  testNetwork(bench, gaps);
}

const CONSUMER: SecretConsumer = { attemptId: 'attempt-1', purpose: 'attempt' };

interface Bench {
  readonly subject: () => SecretProviderSubject;
  readonly reads: () => readonly SecretRead[];
  start(subject: SecretProviderSubject): void;
  end(): Promise<void>;
  advance(seconds: number): void;
  resolve(reference: string): Promise<SecretValue>;
  /** Its code, having looked for the canary in all that it holds. */
  fail(reference: string, canary?: string): Promise<string>;
  invalidate(reference: string): void;
}

function createBench(): Bench {
  let subject: SecretProviderSubject | undefined;
  let store: SecretStore | undefined;
  let reads: SecretRead[] = [];
  let nowMs = 0;
  const get = <T>(value: T | undefined): T => value ?? expect.fail('the bench has not started');
  const read = (reference: string) => parseSecretReference(reference) ?? expect.fail(`${reference} is malformed`);
  const resolve = (reference: string) => get(store).resolve(read(reference), { consumer: CONSUMER });
  return {
    subject: () => get(subject),
    reads: () => reads,
    start: (opened) => {
      [subject, reads, nowMs] = [opened, [], 0];
      store = createSecretStore({
        environment: 'dev',
        provider: opened.provider,
        policy: { ttlSeconds: TTL_SECONDS, maxStaleSeconds: MAX_STALE_SECONDS },
        paths: { own: [], shared: [], others: [{ environment: 'prod', patterns: [] }] },
        audit: (entry) => void reads.push(entry),
        clock: () => nowMs,
        timeoutMs: TIMEOUT_MS,
      });
    },
    end: async () => {
      store?.close();
      await subject?.close();
      [store, subject] = [undefined, undefined];
    },
    advance: (seconds) => {
      nowMs += seconds * 1000;
    },
    resolve,
    fail: async (reference, canary = 'no canary was put') => {
      const thrown: unknown = await resolve(reference).then(
        () => expect.fail(`${reference} has a value`),
        (error: unknown) => error,
      );
      expect(describeAll(thrown)).not.toContain(canary);
      expect(describeAll(reads)).not.toContain(canary);
      return toErrorFacts(thrown).code;
    },
    invalidate: (reference) => get(store).invalidate(read(reference)),
  };
}

/** Everything a logger could find in it. */
function describeAll(thing: unknown): string {
  const shown = inspect(thing, { depth: 20, showHidden: true, getters: true });
  const stack = thing instanceof Error ? `${thing.stack} ${inspect(thing.cause, { depth: 20 })}` : '';
  return `${shown} ${stack} ${JSON.stringify(thing)} ${JSON.stringify(toErrorFacts(thing))} ${String(thing)}`;
}

function testValues({ subject, resolve, fail, reads }: Bench, gaps: SecretProviderGaps): void {
  test('gives the value of a name', async () => {
    await subject().put('warehouse', 'päss "word"\\ $X 🔑');
    expect((await resolve('secret://warehouse')).text()).toBe('päss "word"\\ $X 🔑');
    expect(reads()).toEqual([
      {
        environment: 'dev',
        provider: subject().provider.name,
        consumer: CONSUMER,
        reference: { name: 'warehouse', field: undefined },
        outcome: 'fetched',
        code: null,
      },
    ]);
  });

  test('A48 gives the fields of a name by the same reference as every other provider', async () => {
    await subject().putFields('fmp/api_key', { user: 'loader', password: 'hunter-22' });
    expect((await resolve('secret://fmp/api_key#user')).text()).toBe('loader');
    expect((await resolve('secret://fmp/api_key#password')).text()).toBe('hunter-22');
  });

  test('keeps line breaks within a value', async () => {
    const key = '-----BEGIN KEY-----\nbGluZTE=\nbGluZTI=\n-----END KEY-----';
    await subject().put('tls', key);
    expect((await resolve('secret://tls')).text()).toBe(key);
  });

  test('says that a name or a field is missing', async () => {
    await subject().putFields('warehouse', { user: 'loader', password: 'hunter-22' });
    expect(await fail('secret://nothing', 'hunter-22')).toMatch(/^SECRET_(MISSING|DENIED)$/);
    expect(await fail('secret://warehouse#pasword', 'hunter-22')).toBe('SECRET_FIELD_MISSING');
  });

  test('tells nothing of what it holds when it is looked at', async () => {
    await subject().put('warehouse', 'canary-in-memory');
    const value = await resolve('secret://warehouse');
    const all = [value, { value }, subject().provider, [value]].map(describeAll).join(' ');
    expect(`${all} ${value} ${Object.entries(value)}`).not.toContain('canary-in-memory');
    expect(structuredClone(value)).toEqual({});
  });

  if (gaps.bytes !== undefined) return;
  test('keeps bytes that are no text', async () => {
    const keytab = Buffer.from([0x05, 0x02, 0x00, 0xff, 0xfe, 0x0d, 0x0a, 0x80, 0x0a]);
    await subject().put('keytab', keytab);
    const value = await resolve('secret://keytab');
    expect(value.bytes()).toEqual(keytab);
    expect(() => value.text()).toThrow(expect.objectContaining({ code: 'SECRET_NOT_TEXT' }));
  });
}

function testChanges({ subject, resolve, fail, advance, invalidate }: Bench): void {
  test('A50 a changed value is what the next run after its time to live gets, and at once after a refusal', async () => {
    await subject().put('warehouse', 'first');
    await resolve('secret://warehouse');
    await subject().put('warehouse', 'second');
    advance(TTL_SECONDS);
    expect((await resolve('secret://warehouse')).text()).toBe('second');
    await subject().put('warehouse', 'third');
    invalidate('secret://warehouse');
    expect((await resolve('secret://warehouse')).text()).toBe('third');
  });

  test('a removed value is gone, and stays gone', async () => {
    await subject().put('warehouse', 'canary');
    await resolve('secret://warehouse');
    await subject().remove('warehouse');
    advance(TTL_SECONDS);
    expect(await fail('secret://warehouse', 'canary')).toMatch(/^SECRET_(MISSING|DENIED)$/);
    if (subject().server === undefined) return;
    subject().server?.setFault('server-error');
    expect(await fail('secret://warehouse', 'canary')).toBe('SECRET_PROVIDER_UNREACHABLE');
  });
}

function testGuard({ subject, fail, reads }: Bench): void {
  test('A49 dev asking for /prod/… is refused before anything is asked, and audited', async () => {
    await subject().put('/prod/fmp/api_key', 'canary-of-prod');
    const before = subject().server?.requests.length;
    for (const reference of ['secret:///prod/fmp/api_key', 'secret:///PROD/fmp/api_key#value']) {
      expect(await fail(reference, 'canary-of-prod')).toBe('SECRET_FOREIGN');
      const entry = {
        reference: parseSecretReference(reference),
        outcome: 'foreign',
        code: 'SECRET_FOREIGN',
        consumer: CONSUMER,
      };
      expect(reads().at(-1)).toMatchObject(entry);
    }
    expect(subject().server?.requests.length).toBe(before);
  });
}

function testRefusals(bench: Bench, gaps: SecretProviderGaps): void {
  const { subject, resolve, fail, advance, reads } = bench;
  if (gaps.deny !== undefined) return;
  test(`no old value stands in for a denied one`, async () => {
    await subject().put('warehouse', 'canary');
    await resolve('secret://warehouse');
    await subject().deny?.('warehouse');
    advance(TTL_SECONDS);
    expect(await fail('secret://warehouse', 'canary')).toBe('SECRET_DENIED');
    expect(reads().at(-1)).toMatchObject({ outcome: 'denied', code: 'SECRET_DENIED' });
    // Not even when the provider can't be reached afterwards.
    subject().server?.setFault('cut', 'canary');
    if (subject().server) expect(await fail('secret://warehouse', 'canary')).toBe('SECRET_PROVIDER_UNREACHABLE');
  });
}

const OUTAGES: readonly Fault[] = ['silent', 'cut', 'busy', 'server-error'];
const NONSENSE: readonly Fault[] = ['page', 'truncated'];

function testNetwork(bench: Bench, gaps: SecretProviderGaps): void {
  const { subject, resolve, fail, advance, reads } = bench;
  if (gaps.network !== undefined) return;

  test.each(OUTAGES)(`while the server is %s an old value stands in, not for ever`, async (fault) => {
    await subject().put('warehouse', 'canary');
    await resolve('secret://warehouse');
    subject().server?.setFault(fault, 'canary');
    advance(TTL_SECONDS);
    expect((await resolve('secret://warehouse')).text()).toBe('canary');
    expect(reads().at(-1)).toMatchObject({ outcome: 'stale', code: null });
    expect(await fail('secret://another', 'canary')).toBe('SECRET_PROVIDER_UNREACHABLE');
    advance(MAX_STALE_SECONDS - TTL_SECONDS + 1);
    expect(await fail('secret://warehouse', 'canary')).toBe('SECRET_PROVIDER_UNREACHABLE');
  });

  test.each(NONSENSE)(`a reply that is a %s is an error, and no old value stands in`, async (fault) => {
    const canary = randomUUID();
    await subject().put('warehouse', canary);
    await resolve('secret://warehouse');
    subject().server?.setFault(fault, canary);
    advance(TTL_SECONDS);
    expect(await fail('secret://warehouse', canary)).toBe('SECRET_REPLY_INVALID');
    expect(reads().at(-1)).toMatchObject({ outcome: 'broken' });
  });

  test(`many who ask at once make one question`, async () => {
    await subject().putFields('warehouse', { user: 'loader', password: 'hunter-22' });
    await resolve('secret://warehouse#user');
    const one = subject().server?.requests.length ?? 0;
    advance(TTL_SECONDS);
    const fields = Array.from({ length: 50 }, (_, at) => (at % 2 === 0 ? 'user' : 'password'));
    await Promise.all(fields.map((field) => resolve(`secret://warehouse#${field}`)));
    expect((subject().server?.requests.length ?? 0) - one).toBe(1);
    expect(reads()).toHaveLength(51);
  });
}
