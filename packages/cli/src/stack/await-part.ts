// When a container of the stack does what it is for: asked as its users will ask.

import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient, GetHealth } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type { DockerEngine } from '@towpath/oci';
import { formatStateUrl, withConnection } from '../embedded-postgres/databases.ts';
import type { StackPorts } from './container-spec.ts';
import type { PartConfig } from './part-config.ts';
import { assertRunning, readLog } from './stack-engine.ts';

/** initdb on a slow disk, and the evaluation of pipelines, take some seconds. */
const DEADLINE_MS = 60_000;
const LOOK_EVERY_MS = 100;

export interface AwaitedPart {
  readonly container: string;
  readonly config: PartConfig;
  readonly ports: StackPorts;
  readonly signal: AbortSignal;
}

/** @throws TowpathError `STACK_PART_FAILED` when its container ends, `STACK_PART_SILENT` */
export async function awaitPart(engine: DockerEngine, awaited: AwaitedPart): Promise<void> {
  const { config, container, signal } = awaited;
  const deadline = performance.now() + DEADLINE_MS;
  let last: unknown;
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    try {
      if (await isReady(engine, awaited)) return;
    } catch (thrown) {
      last = thrown;
    }
    await assertRunning(engine, container, config.part);
    await pause(LOOK_EVERY_MS, undefined, { signal });
  }
  throw new TowpathError({
    code: 'STACK_PART_SILENT',
    message: `The container of ${config.part} runs, and does not answer.`,
    cause: last instanceof Error ? last.message : 'It did not say that it is ready.',
    fix: `Look into its log: docker logs ${container.slice(0, 12)}`,
  });
}

async function isReady(engine: DockerEngine, { config, container, ports }: AwaitedPart): Promise<boolean> {
  switch (config.part) {
    case 'postgres':
      await withConnection(formatStateUrl(ports.postgres, config.credentials), (client) => client.query('select 1'));
      return true;
    case 'registry':
      return (await fetch(`http://127.0.0.1:${ports.registry}/v2/`)).ok;
    case 'mock':
      return await accepts(ports.mock);
    case 'server':
      await createClient({ baseUrl: `http://127.0.0.1:${ports.console}` }).call(GetHealth);
      return true;
    case 'agent':
      // It has no port; it says so once it has its session.
      return (await readLog(engine, container)).includes('agent is ready');
  }
}

async function accepts(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
