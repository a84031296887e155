import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentAuditEntry, SecretReadEntry } from '@towpath/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuditJournal, openAuditJournal } from './audit-journal.ts';

let folder: string;
let journal: AuditJournal;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'towpath-journal-'));
  journal = openAuditJournal(folder);
});
afterEach(async () => {
  await journal.close();
  rmSync(folder, { recursive: true });
});

const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

function buildRead(number: number): SecretReadEntry {
  const secret = { kind: 'secret', secret: 'warehouse', field: null, provider: 'file', attemptId: null } as const;
  const end = { purpose: 'agent', source: 'provider', outcome: 'read', code: null } as const;
  return { id: idOf(number), at: '2026-03-01T06:00:00.000Z', ...secret, ...end };
}

const keep = (...numbers: number[]) => journal.append(numbers.map(buildRead));

/** Numbers in the order they are told. */
async function tellAll(): Promise<number[]> {
  const told: AgentAuditEntry[] = [];
  while (!journal.isEmpty()) await journal.settleOldest(async (entries) => void told.push(...entries));
  return told.map(({ id }) => Number(id.slice(-12)));
}

const files = () => readdirSync(join(folder, 'audit')).sort();

describe('a journal', () => {
  it('has entries on disk before it says so, and forgets them once they are accepted', async () => {
    await keep(1);
    expect(readFileSync(join(folder, 'audit/00000001.jsonl'), 'utf8')).toContain(idOf(1));
    await Promise.all([keep(2), keep(3, 4), keep(5)]);
    expect(await tellAll()).toEqual([1, 2, 3, 4, 5]);
    expect(files()).toEqual([]);
  });

  it('tells what an agent before it left first, though that was killed in the midst of a line', async () => {
    await keep(1, 2);
    appendFileSync(join(folder, 'audit/00000001.jsonl'), '{"id":"0000');
    await journal.close();
    journal = openAuditJournal(folder);
    expect(journal.isEmpty()).toBe(false);
    await keep(3);
    expect(await tellAll()).toEqual([1, 2, 3]);
  });

  it('keeps what was not accepted, and tells it again before what came later', async () => {
    await keep(1);
    const refused = journal.settleOldest(async () => {
      await keep(2);
      throw new Error('the server is away');
    });
    await expect(refused).rejects.toThrow('away');
    expect(await tellAll()).toEqual([1, 2]);
  });

  it('is bounded: what does not fit is refused, until something was accepted', async () => {
    await journal.close();
    journal = openAuditJournal(folder, 600);
    await keep(1);
    await keep(2);
    await expect(keep(3)).rejects.toMatchObject({ code: 'AUDIT_JOURNAL_FULL' });
    expect(await tellAll()).toEqual([1, 2]);
    await keep(4);
    expect(await tellAll()).toEqual([4]);
  });

  it('refuses what the server would refuse, since it would keep all else from being told', async () => {
    const bad = { ...buildRead(1), provider: 'x'.repeat(201) };
    await expect(journal.append([bad])).rejects.toThrow();
    expect(journal.isEmpty()).toBe(true);
  });

  it('wakes whoever waits for entries, also after it was empty again', async () => {
    const { signal } = new AbortController();
    for (const number of [1, 2]) {
      const waiting = journal.waitForEntries(signal);
      await keep(number);
      await waiting;
      await tellAll();
    }
    await expect(journal.waitForEntries(AbortSignal.abort(new Error('over')))).rejects.toThrow('over');
  });
});
