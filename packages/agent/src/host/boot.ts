// Which boot of the host this is, and the clock that runs since then.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

let known: string | undefined;

/** Changes when the host restarts, at most 64 characters. Processes recorded under another one are gone. */
export function getBootId(): string {
  known ??= readBootId().trim().slice(0, 64);
  return known;
}

function readBootId(): string {
  if (process.platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
  const text = execFileSync('/usr/sbin/sysctl', ['-n', 'kern.boottime'], { encoding: 'utf8' });
  // `{ sec = 1700000000, usec = 0 } Tue …`: the microseconds drift with clock corrections, the second hardly does.
  return /sec = (\d+)/.exec(text)?.[1] ?? text;
}

/** Seconds since boot. Unlike the wall clock it never jumps, and it means the same to the agent after this one. */
export function getUptimeSeconds(): number {
  return uptime();
}
