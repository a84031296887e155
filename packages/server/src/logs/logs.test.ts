import { AppendLog, FinishAttempts, LOG_COMPLETE_HEADER, LOG_LENGTH_HEADER, ReadLog } from '@towpath/api';
import { createTestDatabase } from '@towpath/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { buildTask, startRunOf } from '../testing/builders.ts';
import { buildFinish, openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
let agent: SimulatedAgent;
let attemptId: string;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterAll(() => t.close());
beforeEach(async () => {
  agent = await openSimulatedAgent(t.agent);
  await startAttempt();
});

async function startAttempt(): Promise<void> {
  await startRunOf(t, [buildTask('a')]);
  const [grant] = await agent.claim(1);
  if (!grant) throw new Error('nothing was granted');
  attemptId = grant.attemptId;
}

async function append(offset: number, bytes: Buffer, epoch = 1, client = t.agent): Promise<number> {
  const input = { params: { attemptId }, query: { offset, epoch }, bytes: new Uint8Array(bytes) };
  return (await client.call(AppendLog, input)).length;
}

async function read(query: { offset?: number; limit?: number; waitMs?: number } = {}) {
  const response = await t.engineer.send(ReadLog, { params: { attemptId }, query });
  return {
    bytes: Buffer.from(await response.arrayBuffer()),
    length: Number(response.headers.get(LOG_LENGTH_HEADER)),
    isComplete: response.headers.get(LOG_COMPLETE_HEADER) === 'true',
    type: response.headers.get('content-type'),
  };
}

const finish = (logLengthBytes: number) => agent.finish([{ attemptId, epoch: 1 }], { logLengthBytes });

test('appends cut and repeated at random give the same bytes, read in any pieces', async () => {
  const cuts = fc.array(fc.tuple(fc.nat(3000), fc.integer({ min: 1, max: 800 })), { maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 3000 }), cuts, fc.integer({ min: 1, max: 700 }), check),
    { numRuns: 25 },
  );

  async function check(content: Uint8Array, pieces: readonly [number, number][], limit: number): Promise<void> {
    await startAttempt();
    const log = Buffer.from(content);
    let length = 0;
    for (const [start, size] of pieces) {
      const bytes = log.subarray(start, start + size);
      if (start > length) {
        await expect(append(start, bytes)).rejects.toMatchObject({ code: 'LOG_OFFSET_WRONG', problem: { length } });
      } else {
        length = Math.max(length, start + bytes.length);
        expect(await append(start, bytes)).toBe(length);
      }
    }
    await append(length, log.subarray(length));
    const parts: Buffer[] = [];
    for (let offset = 0; offset < log.length; offset += limit) parts.push((await read({ offset, limit })).bytes);
    expect(Buffer.concat(parts).equals(log)).toBe(true);
    await finish(log.length);
  }
});

test('appends of the same bytes at once are stored once', async () => {
  const bytes = Buffer.from('once and only once\n');
  const lengths = await Promise.all(Array.from({ length: 8 }, () => append(0, bytes)));
  expect(new Set(lengths)).toEqual(new Set([bytes.length]));
  expect((await read()).bytes.equals(bytes)).toBe(true);
});

test('another epoch and another agent can not append', async () => {
  await expect(append(0, Buffer.from('x'), 2)).rejects.toMatchObject({ code: 'ATTEMPT_STALE' });
  const other = t.clientOf(t.tokens.otherAgent);
  await expect(append(0, Buffer.from('x'), 1, other)).rejects.toMatchObject({ code: 'ATTEMPT_UNKNOWN' });
  const prod = t.clientOf(t.tokens.prodAgent);
  await expect(append(0, Buffer.from('x'), 1, prod)).rejects.toMatchObject({ code: 'ATTEMPT_UNKNOWN' });
});

test('after the end only bytes that are there already are taken', async () => {
  await append(0, Buffer.from('done\n'));
  expect(await finish(5)).toEqual([]);
  expect(await append(0, Buffer.from('done\n'))).toBe(5);
  await expect(append(5, Buffer.from('more'))).rejects.toMatchObject({ code: 'ATTEMPT_ENDED' });
});

test('a finish waits for the log it announces', async () => {
  await append(0, Buffer.from('half'));
  const body = { attempts: [buildFinish({ attemptId, epoch: 1 }, { logLengthBytes: 8 })], slots: 0 };
  const call = () => t.agent.call(FinishAttempts, { params: { sessionId: agent.sessionId }, body });
  await expect(call()).rejects.toMatchObject({ code: 'LOG_INCOMPLETE', status: 409 });
  await append(4, Buffer.from('rest'));
  expect(await call()).toEqual({ stale: [], attempts: [] });
});

test('an empty log is read as empty, and is complete when its attempt has ended', async () => {
  expect(await read()).toMatchObject({ length: 0, isComplete: false, type: 'text/plain; charset=utf-8' });
  expect(await append(0, Buffer.alloc(0))).toBe(0);
  await finish(0);
  expect(await read({ waitMs: 30_000 })).toMatchObject({ length: 0, isComplete: true });
});

test('a reader that waits gets the next bytes, then the end', async () => {
  const next = read({ waitMs: 30_000 });
  await append(0, Buffer.from('first'));
  expect((await next).bytes.toString()).toBe('first');
  const end = read({ offset: 5, waitMs: 30_000 });
  await finish(5);
  expect(await end).toMatchObject({ length: 5, isComplete: true });
});

test('a megabyte is taken, more in one request is refused', async () => {
  const mebibyte = Buffer.alloc(1024 * 1024, 0xc3);
  expect(await append(0, mebibyte)).toBe(mebibyte.length);
  const tooMuch = Buffer.alloc(1024 * 1024 + 1);
  await expect(append(mebibyte.length, tooMuch)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
  expect((await read({ offset: 1 })).bytes.equals(mebibyte.subarray(1))).toBe(true);
});

test('the log of an unknown attempt is ATTEMPT_UNKNOWN', async () => {
  attemptId = '01890000-0000-7000-8000-000000000000';
  await expect(read()).rejects.toMatchObject({ code: 'ATTEMPT_UNKNOWN' });
});
