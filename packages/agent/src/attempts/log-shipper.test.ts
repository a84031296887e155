// Shipping a log whose file does not only grow, to a server that keeps what the API says it keeps.
import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLogFile } from '../executors/log-file.ts';
import { createLogShipper, type LogShipper } from './log-shipper.ts';

const MARK = '\n[towpath] The task emptied its log here; bytes may be missing.\n';

let folder: string;
let path: string;
let kept: Buffer;
let ending: AbortController;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shipper-'));
  path = join(folder, 'output.log');
  kept = Buffer.alloc(0);
  ending = new AbortController();
});
afterEach(async () => {
  ending.abort();
  await rm(folder, { recursive: true });
});

// What the server has already is skipped, what lies beyond its end is answered with the true length.
async function send(offset: number, bytes: Uint8Array): Promise<number> {
  if (offset <= kept.length) kept = Buffer.concat([kept, bytes.subarray(kept.length - offset)]);
  return kept.length;
}

function ship(firstLine?: string): LogShipper {
  return createLogShipper({ log: openLogFile(path, firstLine), send, delayMs: () => 100, signal: ending.signal });
}

/** The whole log, as the server has it after the report of the end. */
async function finish(shipper: LogShipper): Promise<string> {
  const { lengthBytes, tail } = await shipper.finish();
  if (tail) await send(tail.offset, tail.bytes);
  expect(kept).toHaveLength(lengthBytes);
  return kept.toString();
}

const waitForKept = (text: string) =>
  waitFor(`${JSON.stringify(text)} to be shipped`, 10_000, async () => kept.toString().endsWith(text));

test('a log that the task empties is shipped on, and shows the gap', async () => {
  await writeFile(path, 'a long line before\n');
  const shipper = ship();
  await waitForKept('before\n');
  await writeFile(path, 'after\n');
  await waitForKept('after\n');
  await appendFile(path, 'more\n');
  expect(await finish(shipper)).toBe(`a long line before\n${MARK}after\nmore\n`);
});

test('an emptied log ends', async () => {
  await writeFile(path, 'before\n');
  const shipper = ship();
  await waitForKept('before\n');
  await truncate(path);
  expect(await finish(shipper)).toBe(`before\n${MARK}`);
});

test('a server that has more than the file is followed, and no byte is sent twice', async () => {
  kept = Buffer.from('what an agent before shipped\n');
  await writeFile(path, 'short\n');
  const shipper = ship();
  expect(await shipper.repeat()).toBe(kept.length);
  expect(kept.toString()).toBe('what an agent before shipped\n');
  await appendFile(path, 'grown\n');
  expect(await finish(shipper)).toBe('what an agent before shipped\ngrown\n');
});

test('repeating an empty log ends with the length the server has', async () => {
  kept = Buffer.from('x'.repeat(200));
  await writeFile(path, '');
  expect(await ship().repeat()).toBe(200);
});

test('a server that has less gets what it lacks', async () => {
  await writeFile(path, '0123456789');
  const shipper = ship();
  await waitForKept('789');
  kept = kept.subarray(0, 4);
  expect(await shipper.repeat()).toBe(10);
  expect(kept.toString()).toBe('0123456789');
});

test('a log that the task emptied before anything was shipped shows the gap', async () => {
  await writeFile(path, 'second\n');
  const shipper = ship('first');
  await waitForKept('second\n');
  await appendFile(path, 'third\n');
  expect(await finish(shipper)).toBe(`${MARK}second\nthird\n`);
});

test.each(['', 'se', 'second\n'])(
  'and so does one that ended before anything was shipped, with %j left',
  async (left) => {
    await writeFile(path, left);
    expect(await finish(ship('first'))).toBe(`${MARK}${left}`);
  },
);

test('a log that was not emptied shows none, and asking again what the server has doubles nothing', async () => {
  await writeFile(path, 'first\nsecond\n');
  const shipper = ship('first');
  await waitForKept('second\n');
  await shipper.repeat();
  expect(await finish(shipper)).toBe('first\nsecond\n');
});

test('an emptied log is found whole behind its mark by the agent after', async () => {
  await writeFile(path, 'second\n');
  await finish(ship('first'));
  await appendFile(path, 'third\n');
  const next = ship('first');
  await next.repeat();
  expect(await finish(next)).toBe(`${MARK}second\nthird\n`);
});
