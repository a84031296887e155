// What a server knows of datakits beside the registries: versions that pipelines name, what ran last, and which Towpath would run them.
import { type Client, type DatakitCell, ListDatakits } from '@towpath/api';
import { type ErrorFacts, TowpathError, toErrorFacts } from '@towpath/core';
import type { KnownPresence } from '@towpath/datakit';
import { type ConnectionOptions, connect } from '../connection/connect.ts';
import type { CommandContext } from '../context.ts';

/** By datakit and environment. */
export interface ServerKnowledge {
  find(datakit: string): ReadonlyMap<string, KnownPresence>;
  /** Why there is none, though a server was named. */
  readonly error: ErrorFacts | undefined;
}

/** The server that is named, or runs for this folder. Registries can be looked at without one. */
export async function askServer(context: CommandContext, options: ConnectionOptions): Promise<ServerKnowledge> {
  try {
    return toKnowledge(await listAll(connect(context, options)));
  } catch (thrown) {
    if (thrown instanceof TowpathError && thrown.code === 'TOWPATH_NOT_RUNNING') return nothing(undefined);
    return nothing(toErrorFacts(thrown));
  }
}

function nothing(error: ErrorFacts | undefined): ServerKnowledge {
  return { find: () => new Map(), error };
}

type Cells = ReadonlyMap<string, readonly DatakitCell[]>;

async function listAll(client: Client): Promise<Cells> {
  const cells = new Map<string, readonly DatakitCell[]>();
  let after: string | undefined;
  do {
    const page = await client.call(ListDatakits, { query: { after, limit: 100 } });
    for (const { name, environments } of page.datakits) cells.set(name, environments);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return cells;
}

function toKnowledge(cells: Cells): ServerKnowledge {
  return {
    find: (datakit) => new Map((cells.get(datakit) ?? []).map((cell) => [cell.environment, toKnown(cell)])),
    error: undefined,
  };
}

function toKnown({ named, observed, lastRun }: DatakitCell): KnownPresence {
  return {
    // Processes ask no registry for what pipelines name.
    named: observed?.source === 'registry' ? named : [],
    lastRun: lastRun === null ? undefined : { version: lastRun.version, digest: lastRun.image?.digest ?? undefined },
    platformVersion: observed?.platformVersion,
  };
}
