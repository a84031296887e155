// Entries for the server's audit, on disk from before what they tell of happens until the server has accepted them. So neither
// kill -9 of the agent nor a server that is away loses one; a power cut doesn't either, as writing waits for the disk.
//
//   <state>/audit/00000001.jsonl   one entry a line; the file with the highest number is written, the lowest is told first
//
// A file is deleted when all of it was accepted. What dies in between tells some entries again, under the same ids.
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentAuditEntry } from '@towpath/api';
import { createTurns, type TakeTurn, TowpathError } from '@towpath/core';

export interface AuditJournal {
  /**
   * Keeps entries; resolves when they are on the disk, in this order after all that were kept before.
   *
   * @throws TowpathError `AUDIT_JOURNAL_FULL`; ZodError for what is no entry; what the file system throws
   */
  append(entries: readonly AgentAuditEntry[]): Promise<void>;
  /** Waits until there are entries that were not accepted. Rejects when the signal fires. */
  waitForEntries(signal: AbortSignal): Promise<void>;
  /** Hands all entries of the oldest file to `accept`, then deletes it. What is appended meanwhile goes to another one. */
  settleOldest(accept: (entries: readonly AgentAuditEntry[]) => Promise<void>): Promise<void>;
  /** True when nothing waits to be told. */
  isEmpty(): boolean;
  /** Ends writing; all stays on disk. */
  close(): Promise<void>;
}

/** About 40,000 entries. While the server is away nothing new is granted, so this is reached by a fault only. */
const MAX_BYTES = 16 * 1024 * 1024;

interface JournalState {
  readonly folder: string;
  /** Numbers of files on disk, lowest first. */
  readonly files: number[];
  sizeBytes: number;
  writing: { readonly number: number; readonly handle: FileHandle } | undefined;
  /** Resolved when there is something to tell. */
  filled: PromiseWithResolvers<void>;
}

/** Opens the journal of a state folder; what an earlier agent left in it is told first. */
export function openAuditJournal(stateFolder: string, maxBytes = MAX_BYTES): AuditJournal {
  const state = readState(join(stateFolder, 'audit'));
  const inTurn = createTurns(1);
  const append = createGroupedAppend(inTurn, async (text) => {
    if (state.sizeBytes + Buffer.byteLength(text) > maxBytes) throw journalFull(state);
    await writeText(state, text);
  });
  return {
    // Checked as the server will: one it can't take would keep all others from being told.
    append: async (entries) => {
      const lines = entries.map((entry) => `${JSON.stringify(AgentAuditEntry.parse(entry))}\n`);
      await append(lines.join(''));
    },
    waitForEntries: async (signal) => {
      const aborted = Promise.withResolvers<never>();
      const abort = (): void => aborted.reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
      await Promise.race([state.filled.promise, aborted.promise]).finally(() =>
        signal.removeEventListener('abort', abort),
      );
    },
    settleOldest: async (accept) => {
      const [number] = state.files;
      if (number === undefined) return;
      await inTurn(() => (state.writing?.number === number ? endWriting(state) : Promise.resolve()));
      const text = await readFile(locate(state, number), 'utf8');
      await accept(parseEntries(text));
      await rm(locate(state, number), { force: true });
      forget(state, number, Buffer.byteLength(text));
    },
    isEmpty: () => state.files.length === 0,
    close: () => inTurn(() => endWriting(state)),
  };
}

function readState(folder: string): JournalState {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = readdirSync(folder)
    .flatMap((name) => /^(\d{8})\.jsonl$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
  const filled = Promise.withResolvers<void>();
  if (files.length > 0) filled.resolve();
  const state = { folder, files, sizeBytes: 0, writing: undefined, filled };
  const sizeBytes = files.reduce((sum, number) => sum + statSync(locate(state, number)).size, 0);
  return { ...state, sizeBytes };
}

function locate({ folder }: Pick<JournalState, 'folder'>, number: number): string {
  return join(folder, `${String(number).padStart(8, '0')}.jsonl`);
}

/** After a failure the next text begins another file: its first line must not be joined to a half one. */
async function writeText(state: JournalState, text: string): Promise<void> {
  state.writing ??= await beginFile(state);
  try {
    await state.writing.handle.appendFile(text);
    await state.writing.handle.datasync();
    state.sizeBytes += Buffer.byteLength(text);
  } catch (thrown) {
    await endWriting(state);
    throw thrown;
  }
  state.filled.resolve();
}

async function beginFile(state: JournalState): Promise<NonNullable<JournalState['writing']>> {
  const number = (state.files.at(-1) ?? 0) + 1;
  const handle = await open(locate(state, number), 'ax', 0o600);
  state.files.push(number);
  // Its name has to reach the disk as well.
  const folder = await open(state.folder);
  await folder.sync().finally(() => folder.close());
  return { number, handle };
}

async function endWriting(state: JournalState): Promise<void> {
  const { writing } = state;
  state.writing = undefined;
  await writing?.handle.close();
}

function forget(state: JournalState, number: number, sizeBytes: number): void {
  state.files.splice(state.files.indexOf(number), 1);
  state.sizeBytes = Math.max(0, state.sizeBytes - sizeBytes);
  if (state.files.length === 0) state.filled = Promise.withResolvers<void>();
}

/** A line that is no entry was cut off while it was written: nobody was told that it is kept. */
function parseEntries(text: string): readonly AgentAuditEntry[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [AgentAuditEntry.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}

/** What comes while the disk is busy shares the next write: a flood of starts costs few waits for the disk. */
function createGroupedAppend(
  inTurn: TakeTurn,
  write: (text: string) => Promise<void>,
): (text: string) => Promise<void> {
  let group: { readonly texts: string[]; readonly written: Promise<void> } | undefined;
  const begin = (texts: string[]) => ({
    texts,
    written: inTurn(() => {
      group = undefined;
      return write(texts.join(''));
    }),
  });
  return (text) => {
    group ??= begin([]);
    group.texts.push(text);
    return group.written;
  };
}

function journalFull({ folder, sizeBytes }: JournalState): TowpathError {
  return new TowpathError({
    code: 'AUDIT_JOURNAL_FULL',
    message: 'The agent keeps as many entries for the audit as it may.',
    cause: `${folder} has ${sizeBytes} bytes that the server did not accept.`,
    fix: "See the agent's log for why it does not; nothing is used that can't be audited.",
  });
}
