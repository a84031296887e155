import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLogDecoder } from './log-decoder.ts';

/** Longest piece that the engine keeps. */
const PIECE_BYTES = 16_384;

const lines = fc.array(
  fc.record({
    length: fc.oneof(fc.nat(40), fc.constantFrom(PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES)),
    fill: fc.integer({ min: 11, max: 255 }),
  }),
  { maxLength: 6 },
);

test('what was printed comes out whatever the pieces the stream comes in, though cut lines lost their newline', () => {
  fc.assert(
    fc.property(lines, fc.infiniteStream(fc.integer({ min: 1, max: 9_000 })), (given, sizes) => {
      const printed = [...given, { length: 3, fill: 65 }].map(({ length, fill }) =>
        Buffer.concat([Buffer.alloc(length, fill), Buffer.from('\n')]),
      );
      const stream = Buffer.concat(printed.flatMap((line, index) => toFrames(line, index)));
      const decoder = createLogDecoder();
      const got: Buffer[] = [];
      for (let at = 0; at < stream.length; ) {
        const size = sizes.next().value ?? 1;
        got.push(decoder.decode(stream.subarray(at, at + size)));
        at += size;
      }
      expect(Buffer.concat(got).equals(Buffer.concat(printed))).toBe(true);
    }),
  );
});

test('a last line without a newline stays one', () => {
  const decoder = createLogDecoder();
  expect(decoder.decode(toFrame('no newline', 3)).toString()).toBe('no newline');
});

// As the driver `local` keeps a line with its newline: whole when it is short, else in pieces, and then without it.
function toFrames(line: Buffer, index: number): Buffer[] {
  if (line.length <= PIECE_BYTES) return [toFrame(line, index)];
  const text = line.subarray(0, -1);
  const count = Math.floor(text.length / PIECE_BYTES) + 1;
  return Array.from({ length: count }, (_, at) =>
    toFrame(text.subarray(at * PIECE_BYTES, (at + 1) * PIECE_BYTES), index),
  );
}

function toFrame(text: Buffer | string, index: number): Buffer {
  const time = `2026-07-01T10:00:00.${String(index).padStart(9, '0')}Z `;
  const body = Buffer.concat([Buffer.from(time), Buffer.from(text)]);
  const header = Buffer.alloc(8);
  header.writeUInt8(1, 0);
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}
