// Tells the server which datakits the environment has: at the start, when pipelines name others, and from time to time, since others
// publish to its registry.
import { setTimeout as pause } from 'node:timers/promises';
import {
  type Client,
  ListNamedDatakits,
  ReportDatakits,
  type ReportedDatakit,
  type ReportedVersion,
} from '@towpath/api';
import { type DatakitNeeds, formatErrorLines, toErrorFacts } from '@towpath/core';
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
  /** What the labels of an image say that is needed, as the registry was seen last; undefined: it was not. */
  findNeeds(datakit: { readonly name: string; readonly version: string }): DatakitNeeds | undefined;
}

/** People publish some times a day; who waits for it in the console waits a coffee. */
const DEFAULT_EVERY_MS = 10 * 60_000;

interface DeskState {
  changed: AbortController;
  /** What was said of datakits before, so that it is said once. */
  remarks: ReadonlySet<string>;
  /** Of the registry. */
  shelves: readonly ReportedDatakit[];
}

/** Creates the desk; nothing is asked before it runs. */
export function createInventoryDesk(options: InventoryDeskOptions): InventoryDesk {
  const state: DeskState = { changed: new AbortController(), remarks: new Set(), shelves: [] };
  return {
    run: async () => {
      while (!options.signal.aborted) await runOnce(options, state);
    },
    refresh: () => state.changed.abort(),
    findNeeds: ({ name, version }) => {
      const shelf = state.shelves.find((candidate) => candidate.name === name);
      return toNeeds(shelf?.versions.find((candidate) => candidate.version === version));
    },
  };
}

/** Of an image whose labels were read. */
function toNeeds(reported: ReportedVersion | undefined): DatakitNeeds | undefined {
  if (reported === undefined || reported.digest === null) return undefined;
  return { minimumPlatform: reported.minimumPlatform ?? undefined, memoryMiB: reported.memoryMiB ?? undefined };
}

async function runOnce(options: InventoryDeskOptions, state: DeskState): Promise<void> {
  const { signal, log, everyMs = DEFAULT_EVERY_MS } = options;
  state.changed = new AbortController();
  const waking = AbortSignal.any([signal, state.changed.signal]);
  try {
    const named = await askNamed(options);
    tellRemarks(options, state, named);
    await report(options, state, named);
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

async function report(options: InventoryDeskOptions, state: DeskState, named: NamedDatakits): Promise<void> {
  const { client, session, signal } = options;
  const body = await buildReport(options, named);
  if (body.source === 'registry') state.shelves = body.datakits;
  await session.ask(
    ({ sessionId }, callSignal) => client.call(ReportDatakits, { params: { sessionId }, body, signal: callSignal }),
    { signal },
  );
}

type InventoryReport = z.output<NonNullable<(typeof ReportDatakits)['body']>>;

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
