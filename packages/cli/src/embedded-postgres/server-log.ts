// folder/postgres.log: what the server writes on stdout and stderr, and what we quote from it when a start fails.

import { open, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** An open log; `startBytes` is where this start's lines begin. */
export interface ServerLog {
  readonly path: string;
  readonly startBytes: number;
  /** File descriptor for the child. */
  readonly descriptor: number;
  close(): Promise<void>;
}

/** Kept: this much and one older file. A quiet laptop writes some KiB a day; a failing loop must not fill the disk. */
const ROTATE_AT_BYTES = 10 * 1024 * 1024;

/** Lines of a failed start that are quoted: the FATAL line and its DETAIL and HINT fit. */
const QUOTED_LINES = 5;

/** Opens the log for appending, after moving a large one to `postgres.log.1`. Call only when no server writes to it. */
export async function openServerLog(folder: string): Promise<ServerLog> {
  const path = join(folder, 'postgres.log');
  const existing = await stat(path).catch(() => undefined);
  if (existing && existing.size > ROTATE_AT_BYTES) await rename(path, `${path}.1`);
  const handle = await open(path, 'a', 0o600);
  const { size } = await handle.stat();
  return { path, startBytes: size, descriptor: handle.fd, close: () => handle.close() };
}

/** The text written since `startBytes`. */
export async function readServerLog(path: string, startBytes: number): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read({
      buffer: Buffer.alloc(Math.max(0, size - startBytes)),
      position: startBytes,
    });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * The SQLSTATE of the FATAL line process `pid` wrote, from our log_line_prefix `%m [%p] %e `. The code is stable across
 * versions and languages, the text is not (PostgreSQL documentation, appendix A).
 */
export function findFatalCode(log: string, pid: number): string | undefined {
  return new RegExp(`\\[${pid}\\] ([0-9A-Z]{5}) FATAL:`).exec(log)?.[1];
}

/** The last lines of a log, in one line. */
export function quoteLog(log: string): string {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-QUOTED_LINES).join(' | ') || 'it wrote nothing';
}
