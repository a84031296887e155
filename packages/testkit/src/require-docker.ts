// The Docker engine that tests use, with an image that has a shell and Node. Absent on a laptop: the tests are skipped and say so.
import { execFileSync } from 'node:child_process';
import { TowpathError } from '@towpath/core';

export interface DockerPart {
  /** As DOCKER_HOST says it; undefined for the usual socket. */
  readonly host: string | undefined;
  /** Has `sh` and `node`. */
  readonly image: string;
  /** Why it is not there; undefined when it is. */
  readonly reason: string | undefined;
}

const DEFAULT_IMAGE = 'node:24-bookworm-slim';
const PROBE_TIMEOUT_MS = 20_000;

/** DOCKER_HOST and TOWPATH_TEST_IMAGE. @throws TowpathError `TEST_PART_MISSING` when it is absent and CI=true */
export function requireDocker(): DockerPart {
  const image = process.env.TOWPATH_TEST_IMAGE ?? DEFAULT_IMAGE;
  const reason = findReason(image);
  if (reason !== undefined && process.env.CI === 'true') throw missing(reason);
  return { host: process.env.DOCKER_HOST, image, reason };
}

function findReason(image: string): string | undefined {
  try {
    execFileSync('docker', ['image', 'inspect', image], { stdio: 'ignore', timeout: PROBE_TIMEOUT_MS });
    return undefined;
  } catch {
    return `no Docker engine answers, or it has no image ${image} (docker pull ${image})`;
  }
}

function missing(cause: string): TowpathError {
  return new TowpathError({
    code: 'TEST_PART_MISSING',
    message: 'This test needs a Docker engine, and CI=true requires every real part.',
    cause,
    fix: 'Set DOCKER_HOST and TOWPATH_TEST_IMAGE.',
  });
}
