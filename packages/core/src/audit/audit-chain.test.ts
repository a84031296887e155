import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../graph/canonical-json.ts';
import { type AuditContent, type AuditEntry, EMPTY_CHAIN, linkEntries } from './audit-chain.ts';
import {
  type AuditCheckpoint,
  CHECKPOINT_ENTRIES,
  CHECKPOINT_SECONDS,
  decideCheckpoint,
  formatCheckpointMessage,
} from './audit-checkpoint.ts';
import { type AuditLine, createChainVerifier } from './verify-chain.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const tools = {
  sha256,
  checkSignature: (message: string, { keyId, signature }: AuditCheckpoint) =>
    keyId === 'own' ? verify(null, Buffer.from(message), publicKey, Buffer.from(signature, 'base64')) : undefined,
};

const text = fc.string({ maxLength: 8 });
const contents: fc.Arbitrary<AuditContent> = fc.record({
  at: fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.001Z'),
  actor: fc.record({ kind: fc.constantFrom('person', 'agent'), name: text }),
  action: fc.constantFrom('run.started', 'run.cancelled'),
  subject: fc.record({ kind: text, id: text, name: text }),
  environment: fc.option(text),
  why: fc.option(text),
  // jsonValue() makes plain JSON values; its own type is wider than ours.
  details: fc.dictionary(text, fc.jsonValue() as fc.Arbitrary<JsonValue>, { maxKeys: 3 }),
});
const histories = fc.array(contents, { minLength: 2, maxLength: 8 });

function chain(items: readonly AuditContent[]): AuditEntry[] {
  return linkEntries(EMPTY_CHAIN, items, sha256).map((link, i) => ({ ...(items[i] as AuditContent), ...link }));
}

function signHead(entries: readonly AuditEntry[]): AuditCheckpoint {
  const { sequence, hash } = entries.at(-1) ?? EMPTY_CHAIN;
  const unsigned = { sequence, hash, at: '2026-01-01T00:00:00.000Z' };
  const signature = sign(null, Buffer.from(formatCheckpointMessage(unsigned)), privateKey).toString('base64');
  return { ...unsigned, keyId: 'own', signature };
}

function findProblems(lines: readonly (AuditEntry | AuditLine)[], kept: readonly AuditCheckpoint[] = []): string[] {
  const verifier = createChainVerifier(tools, kept);
  const found = lines.flatMap((line) => verifier.add('kind' in line ? line : { kind: 'entry' as const, ...line }));
  return [...found, ...verifier.finish().problems].map(({ code, sequence }) => `${code} ${sequence}`);
}

const pick = (count: number, seed: number) => seed % count;
const seeds = fc.nat();

describe('a chain', () => {
  it('that nobody touched has no problem, also through JSON and with its checkpoint', () => {
    fc.assert(
      fc.property(histories, (items) => {
        const entries = chain(items);
        const received: AuditEntry[] = JSON.parse(JSON.stringify(entries));
        expect(findProblems(received, [signHead(entries)])).toEqual([]);
      }),
    );
  });

  it('does not depend on how many entries are linked at once', () => {
    fc.assert(
      fc.property(histories, seeds, (items, seed) => {
        const cut = pick(items.length, seed);
        const first = linkEntries(EMPTY_CHAIN, items.slice(0, cut), sha256);
        const rest = linkEntries(first.at(-1) ?? EMPTY_CHAIN, items.slice(cut), sha256);
        expect([...first, ...rest]).toEqual(linkEntries(EMPTY_CHAIN, items, sha256));
      }),
    );
  });

  it('shows any edit of any field', () => {
    fc.assert(
      fc.property(histories, contents, seeds, seeds, (items, other, seed, fieldSeed) => {
        const entries = chain(items);
        const at = pick(entries.length, seed);
        const before = entries[at] as AuditEntry;
        const fields = Object.keys(other) as (keyof AuditContent)[];
        const field = fields[pick(fields.length, fieldSeed)] as keyof AuditContent;
        const changed = { ...before, [field]: other[field] };
        fc.pre(!isSameContent(before, changed));
        const edited = entries.with(at, changed);
        expect(findProblems(edited)).toEqual([`ENTRY_CHANGED ${at + 1}`]);
      }),
    );
  });

  it('shows a removed entry: inside by itself, at its end by a checkpoint', () => {
    fc.assert(
      fc.property(histories, seeds, (items, seed) => {
        const entries = chain(items);
        const at = pick(entries.length, seed);
        const isLast = at === entries.length - 1;
        const problems = findProblems(entries.toSpliced(at, 1), [signHead(entries)]);
        expect(problems).toEqual([isLast ? `TAIL_MISSING ${entries.length}` : `ENTRIES_MISSING ${at + 2}`]);
      }),
    );
  });

  it('shows two entries that changed places, with or without their numbers', () => {
    fc.assert(
      fc.property(histories, seeds, seeds, fc.boolean(), (items, a, b, keepsNumbers) => {
        const entries = chain(items);
        const [i, j] = [pick(entries.length, a), pick(entries.length, b)];
        fc.pre(i !== j);
        const [first, second] = [entries[i] as AuditEntry, entries[j] as AuditEntry];
        const put = (entry: AuditEntry, sequence: number) => (keepsNumbers ? { ...entry, sequence } : entry);
        const swapped = entries.with(i, put(second, first.sequence)).with(j, put(first, second.sequence));
        expect(findProblems(swapped)).not.toEqual([]);
      }),
    );
  });

  it('shows an entry that was added, however it was hashed', () => {
    fc.assert(
      fc.property(histories, contents, seeds, (items, extra, seed) => {
        const entries = chain(items);
        const at = pick(entries.length, seed);
        const before = entries[at - 1] ?? EMPTY_CHAIN;
        const added = linkEntries(before, [extra], sha256).map((link) => ({ ...extra, ...link }));
        expect(findProblems(entries.toSpliced(at, 0, ...added))).not.toEqual([]);
      }),
    );
  });

  it('that was computed anew from a change on contradicts a signed checkpoint', () => {
    fc.assert(
      fc.property(histories, contents, seeds, (items, other, seed) => {
        const at = pick(items.length, seed);
        fc.pre(!isSameContent(items[at] as AuditContent, other));
        const forged = chain(items.with(at, other));
        const checkpoint = signHead(chain(items));
        const expected = [`CHECKPOINT_CONTRADICTED ${items.length}`];
        expect(findProblems(forged)).toEqual([]);
        expect(findProblems(forged, [checkpoint])).toEqual(expected);
        expect(findProblems([...forged, { kind: 'checkpoint', ...checkpoint }])).toEqual(expected);
      }),
    );
  });

  it('is not vouched for by a forged checkpoint or a key nobody gave', () => {
    const entries = chain([sample('a'), sample('b')]);
    const checkpoint = signHead(entries);
    const earlier = { ...checkpoint, at: '2020-01-01T00:00:00.000Z' };
    expect(findProblems(entries, [earlier])).toEqual(['SIGNATURE_WRONG 2']);
    expect(findProblems(entries, [{ ...checkpoint, keyId: 'other' }])).toEqual(['KEY_UNKNOWN 2']);
  });
});

it('a checkpoint is due after a thousand entries or a minute with a new one', () => {
  const head = (sequence: number) => ({ sequence, hash: '' });
  expect(decideCheckpoint(EMPTY_CHAIN, undefined)).toBeUndefined();
  expect(decideCheckpoint(head(1), undefined)).toBe(0);
  expect(decideCheckpoint(head(5), { sequence: 5, ageSeconds: 9_999 })).toBeUndefined();
  expect(decideCheckpoint(head(6), { sequence: 5, ageSeconds: 10 })).toBe(CHECKPOINT_SECONDS - 10);
  expect(decideCheckpoint(head(6), { sequence: 5, ageSeconds: 9_999 })).toBe(0);
  expect(decideCheckpoint(head(5 + CHECKPOINT_ENTRIES), { sequence: 5, ageSeconds: 0 })).toBe(0);
});

function isSameContent(a: AuditContent, b: AuditContent): boolean {
  const [one, other] = [a, b].map((item) => linkEntries(EMPTY_CHAIN, [item], sha256)[0]?.hash);
  return one === other;
}

function sample(name: string): AuditContent {
  return {
    at: '2026-01-01T00:00:00.000Z',
    actor: { kind: 'person', name },
    action: 'run.started',
    subject: { kind: 'run', id: '1', name: 'a #1' },
    environment: 'int',
    why: null,
    details: {},
  };
}
