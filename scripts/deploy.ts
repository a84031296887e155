// `make deploy`: the local stack in the background, in containers where a Docker engine answers, else as processes. TOWPATH_EXECUTOR
// says which, whatever answers. Arguments are those that `towpath up` and `towpath dev` share.
import { spawnSync } from 'node:child_process';
import { createImageAccess } from '../packages/cli/src/datakit/image-access.ts';
import { describeBase } from '../packages/cli/src/platform/describe-base.ts';
import { loadBase } from '../packages/cli/src/platform/load-base.ts';
import { findEngine } from '../packages/cli/src/stack/find-engine.ts';
import { toErrorFacts } from '../packages/core/src/index.ts';

/** The package as npm would install it: images are made of it. */
const PACKAGE = '.towpath/package';

async function choose(): Promise<'docker' | 'process'> {
  const wanted = process.env.TOWPATH_EXECUTOR;
  if (wanted === 'docker' || wanted === 'process') return wanted;
  if (wanted) throw new Error(`TOWPATH_EXECUTOR is ${wanted}; make deploy knows docker and process`);
  try {
    await checkParts();
    return 'docker';
  } catch (thrown) {
    const { message, fix } = toErrorFacts(thrown);
    console.error(`${message} So everything runs as processes.\n  for containers: ${fix ?? ''}`);
    return 'process';
  }
}

/** An engine that answers, and something to build images upon: a laptop without either, or without a network, does without. */
async function checkParts(): Promise<void> {
  const { address, platform } = await findEngine(process.env);
  const context = { env: process.env, signal: new AbortController().signal };
  await loadBase({
    ...createImageAccess(context),
    base: describeBase(undefined, process.env),
    platform,
    engine: address,
  });
}

function run(args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const options = process.argv.slice(2);
if ((await choose()) === 'docker') {
  run(['scripts/pack.ts', '--unpacked', PACKAGE]);
  run([`${PACKAGE}/bin/towpath.cjs`, 'up', ...options]);
} else {
  run(['packages/cli/bin/towpath.cjs', 'dev', '--detach', ...options]);
}
