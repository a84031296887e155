// Compresses what was built, once, so that the server sends `app.js.br` or `app.js.gz` and compresses nothing itself.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const TEXT_FILE = /\.(?:css|html|js|svg)$/;

const brotliAsync = promisify(brotliCompress);
const gzipAsync = promisify(gzip);

/** Vite plugin: writes a `.br` and a `.gz` beside every text file. The same file gives the same bytes: no time in them. */
export function compressFiles(): Plugin {
  return {
    name: 'towpath:compress-files',
    apply: 'build',
    // From the disk, when all is written: later plugins still change what a bundle holds, and public files are in none.
    writeBundle: { order: 'post', sequential: true, handler: ({ dir }) => compressFolder(dir) },
  };
}

async function compressFolder(folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  const names = (await readdir(folder, { recursive: true })).filter((name) => TEXT_FILE.test(name));
  await Promise.all(names.map((name) => compressFile(join(folder, name))));
}

async function compressFile(path: string): Promise<void> {
  const bytes = await readFile(path);
  const [br, gz] = await Promise.all([brotliAsync(bytes), gzipAsync(bytes, { level: 9 })]);
  await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)]);
}
