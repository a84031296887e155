import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogFile } from '../../executors/log-file.ts';
import { SecretValue } from '../secret-value.ts';
import { BLIND_REDACTOR, createRedactor } from './create-redactor.ts';
import { redactLog } from './redact-log.ts';

/** A log that a test lets grow. */
function createLog(firstLine?: string): LogFile & { text: string; isComplete: boolean } {
  const log = {
    path: '/nowhere',
    text: '',
    isComplete: false,
    firstLine,
    size: async () => Buffer.byteLength(log.text),
    read: async (offset: number, maxBytes: number) =>
      new Uint8Array(Buffer.from(log.text).subarray(offset, offset + maxBytes)),
  };
  return log;
}

const redactorOf = (...texts: string[]) =>
  createRedactor(texts.map((text) => ({ name: 'a', value: new SecretValue(text) })));

/** Reads on, in chunks of these sizes, until nothing comes. */
async function readOn(log: LogFile, from: number, sizes: readonly number[]): Promise<string> {
  const parts: Buffer[] = [];
  let position = from;
  for (let at = 0; ; at += 1) {
    const bytes = await log.read(position, sizes[at % sizes.length] ?? 1);
    if (bytes.length === 0) return Buffer.concat(parts).toString('utf8');
    parts.push(Buffer.from(bytes));
    position += bytes.length;
  }
}

describe('a redacted log', () => {
  it('has the bytes of the log at their places, without secrets, however it is read', async () => {
    const secret = fc
      .string({ unit: 'grapheme', minLength: 4, maxLength: 40 })
      .filter((text) => text.trim().length >= 4);
    const form = fc.constantFrom<(value: string) => string>(
      (value) => value,
      encodeURIComponent,
      (value) => JSON.stringify(value).slice(1, -1),
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(secret, form, sizes, async (value, encode, chunks) => {
        const shown = encode(value.toWellFormed());
        const log = createLog();
        const redacted = redactLog(log, redactorOf(value.toWellFormed()), () => log.isComplete);
        log.text = `«${shown}» then «${shown}»\n`;
        log.isComplete = true;
        const hidden = '*'.repeat(Buffer.byteLength(shown));
        expect(await readOn(redacted, 0, chunks)).toBe(`«${hidden}» then «${hidden}»\n`);
        expect(await redacted.size()).toBe(Buffer.byteLength(log.text));
      }),
      { numRuns: 100 },
    );
  });

  it('keeps back what may become a secret until the log shows what it is', async () => {
    const log = createLog();
    const redacted = redactLog(log, redactorOf('hunter-22'), () => log.isComplete);
    log.text = 'line\nhunt';
    expect(await readOn(redacted, 0, [100])).toBe('line\n');
    log.text = 'line\nhunting\nhunter-2';
    expect(await readOn(redacted, 5, [3])).toBe('hunting\n');
    log.text = 'line\nhunting\nhunter-22\n';
    expect(await readOn(redacted, 13, [4])).toBe('*********\n');
  });

  it('gives out the end of a complete log, but not the beginning of a secret that the task did not finish', async () => {
    const log = createLog();
    const redacted = redactLog(log, redactorOf('hunter-22'), () => log.isComplete);
    log.isComplete = true;
    log.text = 'go hun';
    expect(await readOn(redacted, 0, [100])).toBe('go hun');
    log.text = 'go hunter-2';
    expect(await readOn(redacted, 0, [2])).toBe('go ********');
  });

  it('begins as it did also where its first line names a secret', async () => {
    const log = createLog('[LOCAL] task=copy');
    const redacted = redactLog(log, redactorOf('copy'), () => true);
    log.text = '[LOCAL] task=copy\n';
    expect(`${redacted.firstLine}\n`).toBe(await readOn(redacted, 0, [100]));
  });

  it('of which nobody knows the secrets shows line breaks and lengths', async () => {
    const log = createLog();
    log.text = 'one\ntwo 2\n';
    expect(
      await readOn(
        redactLog(log, BLIND_REDACTOR, () => false),
        0,
        [3],
      ),
    ).toBe('***\n*****\n');
  });
});
