// The one output stream of an attempt as a file that is read by byte offset while others append to it.
import { type FileHandle, open, stat } from 'node:fs/promises';

/** The output of an attempt. Offsets and sizes are bytes. */
export interface LogFile {
  readonly path: string;
  size(): Promise<number>;
  /** Bytes from `offset`, at most `maxBytes`; empty at the end. */
  read(offset: number, maxBytes: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** The log at `path`; a missing file counts as empty. Holds nothing open between calls. */
export function openLogFile(path: string): LogFile {
  return {
    path,
    size: async () => (await ifThere(() => stat(path)))?.size ?? 0,
    read: async (offset, maxBytes) => {
      const file = await ifThere(() => open(path, 'r'));
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

async function ifThere<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}
