// The one output stream of an attempt as a file that is read by byte offset while others append to it.
import { readOwnFile, statOwnFile } from './own-file.ts';

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
    size: async () => statOwnFile(path)?.size ?? 0,
    read: async (offset, maxBytes) => readOwnFile(path, { offset, maxBytes }) ?? new Uint8Array(0),
  };
}
