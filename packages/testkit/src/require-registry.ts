// The two registries that tests use: one open to everybody, one that wants a login. Both hold `datakit/base:node`. Absent on a
// laptop: the tests are skipped and say so.
import { execFileSync } from 'node:child_process';
import { TowpathError } from '@towpath/core';

export interface RegistryPart {
  /** `host:port` of the open one. */
  readonly open: string;
  /** `host:port` of the one that wants a login. */
  readonly guarded: string;
  readonly username: string;
  readonly password: string;
  /** An image with `node` and nothing else, in the open one. */
  readonly baseImage: string;
  /** Why they are not there; undefined when they are. */
  readonly reason: string | undefined;
}

const PROBE_TIMEOUT_MS = 20_000;

/** Both answer `GET /v2/`, the second with 401. */
const PROBE = `const [open, guarded] = process.argv.slice(1);
const ask = async (registry) => (await fetch('http://' + registry + '/v2/')).status;
process.exit((await ask(open)) === 200 && (await ask(guarded)) === 401 ? 0 : 1);`;

/** The `context` of a vitest test, as far as it is used here. */
interface Skippable {
  skip(note?: string): never;
}

/**
 * TOWPATH_TEST_REGISTRY and TOWPATH_TEST_AUTH_REGISTRY. Given the test's `context`, absent ones skip that test with the reason.
 *
 * @throws TowpathError `TEST_PART_MISSING` when one is absent and CI=true
 */
export function requireRegistry(context?: Skippable): RegistryPart {
  const open = process.env.TOWPATH_TEST_REGISTRY ?? 'localhost:5401';
  const guarded = process.env.TOWPATH_TEST_AUTH_REGISTRY ?? 'localhost:5402';
  probed ??= { reason: findReason(open, guarded) };
  const { reason } = probed;
  if (reason !== undefined && process.env.CI === 'true') throw missing(reason);
  if (reason !== undefined) context?.skip(reason);
  return { open, guarded, username: 'datakit', password: 'datakit', baseImage: `${open}/datakit/base:node`, reason };
}

/** Once a process: the answer costs the start of another. */
let probed: { readonly reason: string | undefined } | undefined;

function findReason(open: string, guarded: string): string | undefined {
  try {
    const words = ['--input-type=module', '-e', PROBE, open, guarded];
    execFileSync(process.execPath, words, { stdio: 'ignore', timeout: PROBE_TIMEOUT_MS });
    return undefined;
  } catch {
    return `no registry answers at ${open}, or none that wants a login at ${guarded}`;
  }
}

function missing(cause: string): TowpathError {
  return new TowpathError({
    code: 'TEST_PART_MISSING',
    message: 'This test needs two registries, and CI=true requires every real part.',
    cause,
    fix: 'Set TOWPATH_TEST_REGISTRY (open) and TOWPATH_TEST_AUTH_REGISTRY (datakit/datakit).',
  });
}
