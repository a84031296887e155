// A program run to its end: how long it took, and the most memory it had.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readChildrenSeconds } from './processor-time.ts';

/** What was measured. */
export interface Measured {
  readonly seconds: number;
  /** Of one core. */
  readonly processorSeconds: number;
  /** VmHWM, the high-water mark of its resident memory, as last seen within 20 ms of its end; 0 where /proc is absent. */
  readonly peakMiB: number;
}

const LOOK_EVERY_MS = 20;

/** Runs `node <args>`, and nothing beside it: its processor time is told from that of all children. Throws with its error output when it fails. */
export async function runMeasured(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Measured> {
  const startedAt = performance.now();
  const before = readChildrenSeconds();
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  let peakKiB = 0;
  const look = setInterval(() => {
    peakKiB = Math.max(peakKiB, readPeakKiB(child.pid));
  }, LOOK_EVERY_MS);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(look);
  const seconds = (performance.now() - startedAt) / 1_000;
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${errors}`);
  return { seconds, processorSeconds: readChildrenSeconds() - before, peakMiB: peakKiB / 1024 };
}

function readPeakKiB(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
