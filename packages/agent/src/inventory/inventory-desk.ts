// Tells the server which datakits the environment has: at the start, when pipelines name others, and from time to time, since others
// publish to its registry.
import { setTimeout as pause } from 'node:timers/promises';
import { type Client, ListNamedDatakits, ReportDatakits } from '@towpath/api';
import { formatErrorLines, toErrorFacts } from '@towpath/core';
import type { InstalledDatakit } from '@towpath/datakit';
import { readDockerCredentials } from '@towpath/oci';
import type { z } from 'zod';
import type { GivenToAttempts } from '../attempts/find-misfit.ts';
import type { ExecutorSetup } from '../executors/executor-setup.ts';
import type { AgentSession } from '../session/agent-session.ts';
import { listRemarks, type NamedDatakits } from './list-remarks.ts';
import { readFolder } from './read-folder.ts';
import { readShelf } from './read-shelf.ts';

/** What the desk works with. */
export interface InventoryDeskOptions {
  readonly client: Client;
  readonly session: AgentSession;
  /** Of this host. */
  readonly datakits: readonly InstalledDatakit[];
  readonly given: GivenToAttempts;
  /** Undefined: processes. */
  readonly executor: ExecutorSetup | undefined;
  /** From one report to the next, if nothing changes. Default: 10 minutes. */
  readonly everyMs: number | undefined;
  readonly log: (line: string) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

export interface InventoryDesk {
  /** Reports, sleeps until the next time, and so on until the signal fires. */
  run(): Promise<void>;
  /** Pipelines may name other datakits now. */
  refresh(): void;
}

/** People publish some times a day; who waits for it in the console waits a coffee. */
const DEFAULT_EVERY_MS = 10 * 60_000;

interface DeskState {
  changed: AbortController;
  /** What was said of datakits before, so that it is said once. */
  remarks: ReadonlySet<string>;
}

/** Creates the desk; nothing is asked before it runs. */
export function createInventoryDesk(options: InventoryDeskOptions): InventoryDesk {
  const state: DeskState = { changed: new AbortController(), remarks: new Set() };
  return {
    run: async () => {
      while (!options.signal.aborted) await runOnce(options, state);
    },
    refresh: () => state.changed.abort(),
  };
}

async function runOnce(options: InventoryDeskOptions, state: DeskState): Promise<void> {
  const { signal, log, everyMs = DEFAULT_EVERY_MS } = options;
  state.changed = new AbortController();
  const waking = AbortSignal.any([signal, state.changed.signal]);
  try {
    const named = await askNamed(options);
    tellRemarks(options, state, named);
    await report(options, named);
  } catch (thrown) {
    // An older server has no such route; the next time will do.
    if (!signal.aborted) log(formatErrorLines(toErrorFacts(thrown)));
  }
  await pause(everyMs, undefined, { signal: waking }).catch((thrown: unknown) => {
    if (!waking.aborted) throw thrown;
  });
}

async function askNamed({ client, session, signal }: InventoryDeskOptions): Promise<NamedDatakits> {
  const { datakits } = await session.ask(
    ({ sessionId }, callSignal) => client.call(ListNamedDatakits, { params: { sessionId }, signal: callSignal }),
    { signal },
  );
  return new Map(datakits.map(({ name, versions }) => [name, versions]));
}

function tellRemarks({ datakits, given, log }: InventoryDeskOptions, state: DeskState, named: NamedDatakits): void {
  const remarks = listRemarks(named, datakits, given);
  for (const remark of remarks) if (!state.remarks.has(remark)) log(remark);
  state.remarks = new Set(remarks);
}

async function report(options: InventoryDeskOptions, named: NamedDatakits): Promise<void> {
  const { client, session, signal } = options;
  const body = await buildReport(options, named);
  await session.ask(
    ({ sessionId }, callSignal) => client.call(ReportDatakits, { params: { sessionId }, body, signal: callSignal }),
    { signal },
  );
}

type InventoryReport = z.input<NonNullable<(typeof ReportDatakits)['body']>>;

async function buildReport(options: InventoryDeskOptions, all: NamedDatakits): Promise<InventoryReport> {
  const { executor, datakits, signal, given } = options;
  const { version: platformVersion, limits, endsForMemory } = given;
  const common = { platformVersion, memoryMiB: (endsForMemory ? limits.memoryMiB : undefined) ?? null };
  if (executor === undefined || executor.name === 'process')
    return {
      ...common,
      source: 'folder',
      datakits: [...all].map(([name, versions]) => readFolder(name, versions, datakits)),
    };
  const { environment: name, kind, registry, floatingTags } = executor.images;
  const access = {
    environment: { name, kind, registry, floatingTags },
    findCredentials: readDockerCredentials(executor.docker.configFolder),
    signal,
  };
  // One after the other: a registry serves others as well.
  const shelves: InventoryReport['datakits'] = [];
  for (const [name, versions] of all) shelves.push(await readShelf(name, versions, access));
  return { ...common, source: 'registry', datakits: shelves };
}
