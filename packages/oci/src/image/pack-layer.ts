// Files as a layer whose bytes follow from them alone: sorted, owned by root, without times, with two modes.
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { packTar, type TarEntry } from 'modern-tar';
import { digestOf } from '../digest.ts';
import { MEDIA_TYPES } from '../manifest.ts';
import type { ImageLayer } from './image.ts';

export interface LayerFile {
  /** Absolute, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly isExecutable: boolean;
}

/** A symbolic link. */
export interface LayerLink {
  /** Absolute, with `/`. */
  readonly path: string;
  /** What it leads to: absolute, or relative to its folder. */
  readonly target: string;
}

/** In memory: files of a datakit are code, not data. */
export async function packLayer(files: readonly (LayerFile | LayerLink)[]): Promise<ImageLayer> {
  const folders = [...new Set(files.flatMap(({ path }) => listParents(path)))].map(toFolder);
  const entries = [...folders, ...files.map(toEntry)].sort((a, b) => (a.header.name < b.header.name ? -1 : 1));
  const tar = await packTar(entries);
  const bytes = storeAsGzip(tar);
  return {
    descriptor: { mediaType: MEDIA_TYPES.layer, digest: digestOf(bytes), size: bytes.length },
    diffId: digestOf(tar),
    open: async () => Readable.from([bytes], { objectMode: false }),
  };
}

/** `/a`, `/a/b` of `/a/b/c`: an engine makes folders that no layer names such that only root may enter. */
function listParents(path: string): readonly string[] {
  const names = path.split('/').slice(1, -1);
  return names.map((_, at) => `/${names.slice(0, at + 1).join('/')}`);
}

const BEGINNING = new Date(0);

function toFolder(path: string): TarEntry {
  return { header: { ...owner(), name: `${path.slice(1)}/`, size: 0, type: 'directory', mode: 0o755 } };
}

function toEntry(file: LayerFile | LayerLink): TarEntry {
  if ('bytes' in file) return toFile(file);
  const { path, target } = file;
  return {
    header: { ...owner(), name: path.slice(1), size: 0, type: 'symlink', linkname: target, mode: 0o777 },
  };
}

function toFile({ path, bytes, isExecutable }: LayerFile): TarEntry {
  const mode = isExecutable ? 0o755 : 0o644;
  return {
    header: { ...owner(), name: path.slice(1), size: bytes.length, type: 'file', mode },
    body: Buffer.from(bytes),
  };
}

function owner() {
  return { uid: 0, gid: 0, uname: '', gname: '', mtime: BEGINNING } as const;
}

const STORED_BLOCK = 65_535;

/**
 * gzip (RFC 1952) without compression: what zlib makes of the same bytes may differ between its versions and between processors,
 * so a digest would, too. Code is small, and registries and engines take it like any other.
 */
function storeAsGzip(bytes: Uint8Array): Buffer {
  const parts: Uint8Array[] = [Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])];
  for (let at = 0; at < bytes.length; at += STORED_BLOCK) {
    const block = bytes.subarray(at, at + STORED_BLOCK);
    const head = Buffer.alloc(5);
    head.writeUInt8(at + STORED_BLOCK >= bytes.length ? 1 : 0, 0);
    head.writeUInt16LE(block.length, 1);
    head.writeUInt16LE(block.length ^ 0xffff, 3);
    parts.push(head, block);
  }
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(bytes), 0);
  tail.writeUInt32LE(bytes.length % 2 ** 32, 4);
  return Buffer.concat([...parts, tail]);
}
