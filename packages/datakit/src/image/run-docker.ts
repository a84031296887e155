// The docker program: argument by argument, never through a shell.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { TowpathError } from '@towpath/core';

export interface DockerOptions {
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/** What it printed, both streams. @throws TowpathError `DOCKER_PROGRAM_MISSING`, `DOCKERFILE_BUILD_FAILED` */
export async function runDocker(words: readonly string[], options: DockerOptions): Promise<string> {
  let text = '';
  const keep = async (output: Readable): Promise<void> => {
    for await (const chunk of output) text += String(chunk);
  };
  await follow(words, options, keep);
  return text;
}

/** Hands its standard output to `read`. @throws TowpathError `DOCKER_PROGRAM_MISSING`, `DOCKERFILE_BUILD_FAILED`, and what `read` throws */
export async function follow<T>(
  words: readonly string[],
  { environmentVariables, signal }: DockerOptions,
  read: (output: Readable) => Promise<T>,
): Promise<T> {
  const child = spawn('docker', words, { env: environmentVariables, stdio: ['ignore', 'pipe', 'pipe'], signal });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors = `${errors}${chunk}`.slice(-SHOWN);
  });
  const [result] = await Promise.all([read(child.stdout), waitForEnd(child, words, () => errors)]);
  return result;
}

/** Of what docker says when it fails: the end tells why. */
const SHOWN = 2_000;

function waitForEnd(child: ChildProcess, words: readonly string[], errors: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', (thrown) => reject('code' in thrown && thrown.code === 'ENOENT' ? programMissing() : thrown));
    child.once('close', (code) => (code === 0 ? resolve() : reject(buildFailed(words, code, errors()))));
  });
}

function programMissing(): TowpathError {
  return new TowpathError({
    code: 'DOCKER_PROGRAM_MISSING',
    message: 'A Dockerfile is built by the docker program, and there is none.',
    fix: 'Install Docker, or describe the image in datakit.yaml (`image`), which needs no engine.',
  });
}

function buildFailed(words: readonly string[], code: number | null, errors: string): TowpathError {
  return new TowpathError({
    code: 'DOCKERFILE_BUILD_FAILED',
    message: `docker ${words[0]} failed${code === null ? '' : ` (exit code ${code})`}.`,
    cause: errors.trim(),
    fix: 'Correct the Dockerfile, or look at the engine that DOCKER_HOST names.',
  });
}
