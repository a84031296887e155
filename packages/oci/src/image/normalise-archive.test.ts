import { execFileSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { normaliseArchive } from './normalise-archive.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'normalise-'));
  mkdirSync(join(folder, 'in/deep'), { recursive: true });
  writeFileSync(join(folder, 'in/deep/file'), 'content');
  writeFileSync(join(folder, 'in', 'x'.repeat(150)), 'é'.repeat(5000));
  symlinkSync('deep/file', join(folder, 'in/link'));
  linkSync(join(folder, 'in/deep/file'), join(folder, 'in/other'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function pack(format: string, seconds: number): Buffer {
  for (const path of ['in/deep/file', `in/${'x'.repeat(150)}`])
    utimesSync(join(folder, path), seconds, seconds + 0.123456);
  const archive = join(folder, `${seconds}.tar`);
  execFileSync('tar', ['-C', join(folder, 'in'), '--sort=name', `--format=${format}`, '-cf', archive, '.']);
  return readFileSync(archive);
}

function listContents(root: string): readonly string[] {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  return paths.map((path) =>
    statSync(join(root, path)).isFile() ? `${path} ${readFileSync(join(root, path), 'utf8')}` : path,
  );
}

/** In pieces of odd sizes. */
async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 777) yield bytes.subarray(at, at + 777);
}
const normalise = async (bytes: Buffer): Promise<Buffer> => await buffer(normaliseArchive(inPieces(bytes)));

test.each(['gnu', 'pax', 'ustar'])(
  'A13 archives of format %s that differ in times alone become the same bytes',
  async (format) => {
    if (format === 'ustar') rmSync(join(folder, 'in', 'x'.repeat(150)));
    if (format === 'ustar') writeFileSync(join(folder, 'in', 'x'.repeat(150).slice(0, 90)), 'x');
    const times = [1_000_000_000, 1_700_000_000].map((seconds) => {
      if (format !== 'ustar') return pack(format, seconds);
      utimesSync(join(folder, 'in/deep/file'), seconds, seconds);
      const archive = join(folder, `${seconds}.tar`);
      execFileSync('tar', ['-C', join(folder, 'in'), '--sort=name', '--format=ustar', '-cf', archive, '.']);
      return readFileSync(archive);
    });
    const [first, second] = times;
    if (first === undefined || second === undefined) throw new Error('no archives');
    expect(first.equals(second)).toBe(false);
    const normal = await normalise(first);
    expect(normal.equals(await normalise(second))).toBe(true);
    expect((await normalise(normal)).equals(normal)).toBe(true);
    const archive = join(folder, 'normal.tar');
    writeFileSync(archive, normal);
    const unpacked = join(folder, 'out');
    mkdirSync(unpacked);
    execFileSync('tar', ['-C', unpacked, '-xf', archive]);
    expect(listContents(unpacked)).toEqual(listContents(join(folder, 'in')));
  },
);

test('A13 an archive that ends in the middle is an error', async () => {
  await expect(normalise(pack('gnu', 1).subarray(0, 1200))).rejects.toThrow('ends in the middle');
});
