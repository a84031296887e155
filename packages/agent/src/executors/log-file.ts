// The one output stream of an attempt as a file that is read by byte offset while others append to it.
import { readOwnFile, statOwnFile } from './own-file.ts';

/** The output of an attempt. Offsets and sizes are bytes. */
export interface LogFile {
  readonly path: string;
  size(): Promise<number>;
  /** Bytes from `offset`, at most `maxBytes`; empty at the end. */
  read(offset: number, maxBytes: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** The log at `path`; what is no file, or is missing, counts as empty. Holds nothing open between calls. */
export function openLogFile(path: string): LogFile {
  return {
    path,
    size: async () => statOwnFile(path)?.size ?? 0,
    read: async (offset, maxBytes) => readOwnFile(path, { offset, maxBytes }) ?? new Uint8Array(0),
  };
}
