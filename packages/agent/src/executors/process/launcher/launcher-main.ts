// The launcher: a small process that starts shims for the agent. A fork copies the page tables of whoever forks: 3 ms here,
// 20 ms with 100 MB and 40 ms with 300 MB in use, in which an agent could do nothing else. So the agent does not fork.
// It ends with the agent (its input ends); what was told to go goes on, the rest sees the end of its own input.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { findProcess } from '../../../host/process-identity.ts';
import { createJsonLineWriter, readJsonLines } from './json-lines.ts';
import type { LauncherOrder, LauncherWord, ShimRequest } from './launcher-protocol.ts';

const shims = new Map<number, ChildProcess>();
const { say } = createJsonLineWriter<LauncherWord>(process.stdout);

readJsonLines(process.stdin, obey);
process.stdin.once('end', end);
// The agent is gone; its end of input says so as well.
process.stdout.on('error', end);

// Children that were told to go would keep this process until their end, though nobody hears of it any more.
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

function obey(order: LauncherOrder): void {
  const input = shims.get(order.id)?.stdin;
  if ('start' in order) start(order.id, order.start);
  else if ('say' in order) input?.end(order.say);
  else input?.destroy();
}

function start(id: number, request: ShimRequest): void {
  try {
    const child = spawnShell(request);
    shims.set(id, child);
    // The pipe breaks when the shim was killed; that is seen as its end.
    child.stdin?.on('error', () => undefined);
    child.once('error', (error) => fail(id, error));
    child.once('spawn', () => introduce(id, child));
  } catch (thrown) {
    fail(id, thrown);
  }
}

function spawnShell({ args, workFolder, environmentVariables, log }: ShimRequest): ChildProcess {
  const output = openSync(log, 'a', 0o600);
  try {
    return spawn('/bin/sh', args, {
      cwd: workFolder,
      env: { ...environmentVariables },
      detached: true,
      stdio: ['pipe', output, output],
    });
  } finally {
    closeSync(output);
  }
}

function introduce(id: number, child: ChildProcess): void {
  child.once('exit', () => {
    shims.delete(id);
    say({ id, gone: true });
  });
  const identity = child.pid === undefined ? undefined : findProcess(child.pid);
  if (identity) say({ id, ...identity });
  else say({ id, error: { code: 'SHIM_ENDED', message: 'The shell that runs the attempt ended at once.' } });
}

function fail(id: number, thrown: unknown): void {
  shims.delete(id);
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : null;
  say({ id, error: { code, message: thrown instanceof Error ? thrown.message : String(thrown) } });
}
