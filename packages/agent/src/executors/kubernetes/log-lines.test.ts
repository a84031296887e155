import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEndMarkFilter } from './end-mark-filter.ts';
import { END_MARK } from './entry-words.ts';
import { createLineReader, isLater, LogUnreadable, toWholeSecond } from './log-lines.ts';

const AT = '2026-11-29T12:00:00.123456789Z';

/** Cuts the bytes at these places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((one, other) => one - other);
  return ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
}

const lines = fc.array(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 10))),
);
const places = fc.array(fc.nat());

test('a log is the same wherever its stream is cut: timestamps off, the end mark off, all else byte for byte', () => {
  fc.assert(
    fc.property(lines, fc.boolean(), places, (parts, isWhole, cuts) => {
      const output = Buffer.concat(parts.map((line) => Buffer.concat([line, Buffer.from('\n')])));
      const stamped = parts.map((line) => Buffer.concat([Buffer.from(`${AT} `), line, Buffer.from('\n')]));
      const mark = isWhole ? [Buffer.from(`${AT} ${END_MARK}`)] : [];
      const read = createLineReader();
      const filter = createEndMarkFilter();
      const kept = cut(Buffer.concat([...stamped, ...mark]), cuts).flatMap((chunk) =>
        read(chunk).map(({ bytes }) => filter.pass(bytes)),
      );
      expect(Buffer.concat([...kept, filter.flush()])).toEqual(output);
      expect(filter.hasSeenEnd()).toBe(isWhole);
    }),
  );
});

test('a last line without a newline keeps none, and each line says when it began', () => {
  const read = createLineReader();
  const filter = createEndMarkFilter();
  const pieces = read(Buffer.from(`${AT} one\n${AT} two${END_MARK}`));
  expect(pieces.map(({ at }) => at)).toEqual([AT, AT]);
  expect(Buffer.concat(pieces.map(({ bytes }) => filter.pass(bytes))).toString()).toBe('one\ntwo');
});

test('a mark that something follows was printed by the command: no byte of it is taken, and it is no end', () => {
  const filter = createEndMarkFilter();
  const before = filter.pass(Buffer.from(`one\n${END_MARK}`));
  expect(filter.hasSeenEnd()).toBe(true);
  const held = filter.release();
  expect(Buffer.concat([before, held, filter.pass(Buffer.from('two\n'))]).toString()).toBe(`one\n${END_MARK}two\n`);
  expect(filter.hasSeenEnd()).toBe(false);
  expect(filter.pass(Buffer.from(`${END_MARK}three`)).toString()).toBe(`${END_MARK}three`);
  expect(filter.pass(Buffer.from(END_MARK)).toString()).toBe('');
  expect(Buffer.concat([filter.flush()]).toString()).toBe('');
  expect(filter.hasSeenEnd()).toBe(true);
});

test('what begins with no moment is no log', () => {
  expect(() => createLineReader()(Buffer.from('unable to retrieve container logs for containerd://1'))).toThrow(
    LogUnreadable,
  );
});

test('moments are compared over nanoseconds and over time zones', () => {
  expect(isLater('2026-11-29T12:00:00.123456790Z', AT)).toBe(true);
  expect(isLater(AT, AT)).toBe(false);
  expect(isLater('2026-11-29T13:00:00.123456788+01:00', AT)).toBe(false);
  expect(isLater('2026-11-29T12:00:01+01:00', AT)).toBe(false);
  expect(toWholeSecond('2026-11-29T13:00:00.999999999+01:00')).toBe('2026-11-29T12:00:00.000Z');
});
