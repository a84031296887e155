// Git, asked without asking anybody.
import { spawn } from 'node:child_process';
import type { CheckSubject } from './check.ts';

/** A handshake of SSH across the world takes two or three seconds; a host that drops packets would take minutes. */
export const GIT_TIMEOUT_MS = 8_000;
/** What is kept of an answer; a remote may have a hundred thousand branches. */
const MAX_KEPT_CHARACTERS = 10_000;

/** What Git said. */
export interface GitAnswer {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs Git in a session of its own, so that neither Git nor ssh finds a terminal to ask a person at. */
export function runGit(
  { variables, signal }: CheckSubject,
  cwd: string,
  args: readonly string[],
): Promise<GitAnswer | 'absent' | 'late'> {
  return new Promise((resolve) => {
    const quiet = { GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '', SSH_ASKPASS: '', SSH_ASKPASS_REQUIRE: 'never' };
    const env = { ...variables, ...quiet, GCM_INTERACTIVE: 'never', LC_ALL: 'C' };
    const child = spawn('git', [...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const kept = { out: '', err: '' };
    const end = (): void => {
      resolve('late');
      endGroup(child.pid);
    };
    const timer = setTimeout(end, GIT_TIMEOUT_MS);
    signal.addEventListener('abort', end, { once: true });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      kept.out = (kept.out + text).slice(0, MAX_KEPT_CHARACTERS);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      kept.err = (kept.err + text).slice(-MAX_KEPT_CHARACTERS);
    });
    const finish = (answer: GitAnswer | 'absent'): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve(answer);
    };
    child.on('error', () => finish('absent'));
    child.on('close', (code) => finish({ code, ...kept }));
  });
}

// Git's helpers (ssh, git-remote-https) are in its group.
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
