// Parts of a real engine or cluster that a test may kill. Others may use them, too: so only where somebody says how, by a program.
// Absent on a laptop: the tests are skipped and say so.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TowpathError } from '@towpath/core';

export interface PartControl {
  /** Why it is not there; undefined when it is. */
  readonly reason: string | undefined;
  /** kill -9 of one part, by its name there. */
  kill(part: string): Promise<void>;
  /** Starts what does not run, and waits until all of it is ready. */
  restore(): Promise<void>;
}

/** A node of a cluster that was killed needs half a minute on a busy machine. */
const CONTROL_TIMEOUT_MS = 120_000;

/**
 * TOWPATH_TEST_DOCKER_CONTROL or TOWPATH_TEST_KUBERNETES_CONTROL names a program that takes `kill <part>` and `restore`.
 *
 * @throws TowpathError `TEST_PART_MISSING` when it is not given and CI=true
 */
export function requirePartControl(bed: 'docker' | 'kubernetes'): PartControl {
  const variable = `TOWPATH_TEST_${bed.toUpperCase()}_CONTROL`;
  const program = process.env[variable] ?? '';
  const reason = program === '' ? `${variable} names no program that kills and restores its parts` : undefined;
  if (reason !== undefined && process.env.CI === 'true') throw missing(bed, reason, variable);
  const control = async (...words: readonly string[]): Promise<void> => {
    // What it starts outlives the test: it must not look like something that the test has left.
    const { PATH, HOME } = process.env;
    await promisify(execFile)(program, [...words], { cwd: '/', env: { PATH, HOME }, timeout: CONTROL_TIMEOUT_MS });
  };
  return { reason, kill: (part) => control('kill', part), restore: () => control('restore') };
}

function missing(bed: string, cause: string, variable: string): TowpathError {
  return new TowpathError({
    code: 'TEST_PART_MISSING',
    message: `This test kills parts of ${bed}, and CI=true requires every real part.`,
    cause,
    fix: `Set ${variable}, as .ci/run does.`,
  });
}
