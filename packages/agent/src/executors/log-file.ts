// The one output stream of an attempt as a file that is read by byte offset while others append to it.
import type { FileHandle } from 'node:fs/promises';
import { openOwnFile, statOwnFile } from './own-file.ts';

/** The output of an attempt. Offsets and sizes are bytes. */
export interface LogFile {
  readonly path: string;
  /** What it began with, without the newline; undefined when that is not known. A task may have emptied it since. */
  readonly firstLine: string | undefined;
  size(): Promise<number>;
  /** Bytes from `offset`, at most `maxBytes`; empty at the end. */
  read(offset: number, maxBytes: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** The log at `path`, which began with this line; what is no file, or is missing, counts as empty. Holds nothing open between calls. */
export function openLogFile(path: string, firstLine?: string): LogFile {
  return {
    path,
    firstLine,
    size: async () => (await statOwnFile(path))?.size ?? 0,
    read: async (offset, maxBytes) => {
      const file = await openOwnFile(path);
      return file === undefined ? new Uint8Array(0) : readAt(file, offset, maxBytes);
    },
  };
}

async function readAt(file: FileHandle, offset: number, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(Math.max(0, Math.min(maxBytes, size - offset)));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
