import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createUnframer } from './engine-log.ts';

test('frames are taken off whatever the pieces the stream comes in', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
  fc.assert(
    fc.property(bodies, fc.infiniteStream(fc.integer({ min: 1, max: 13 })), (parts, sizes) => {
      const stream = Buffer.concat(parts.map((part, index) => Buffer.concat([toHeader(part, index), part])));
      const unframe = createUnframer();
      const got: Buffer[] = [];
      for (let at = 0; at < stream.length; ) {
        const size = sizes.next().value ?? 1;
        got.push(unframe(stream.subarray(at, at + size)));
        at += size;
      }
      expect(Buffer.concat(got)).toEqual(Buffer.concat(parts));
    }),
  );
});

/** https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach, "Stream format" */
function toHeader(body: Uint8Array, index: number): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(1 + (index % 2), 0);
  header.writeUInt32BE(body.length, 4);
  return header;
}
