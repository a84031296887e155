// Where tasks stand in the drawing. Computed by elk in a worker of our own origin, once per shape of a graph.

import { queryOptions, useQuery } from '@tanstack/react-query';
import ELK from 'elkjs/lib/elk-api.js';
import elkWorkerUrl from 'elkjs/lib/elk-worker.min.js?url';

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Size of a task in the drawing, in its units. */
export const NODE_WIDTH = 216;
export const NODE_HEIGHT = 52;

/** Above this many tasks the compact placement takes seconds. */
const MOST_COMPACT = 400;

type Shape = readonly { readonly id: string; readonly dependsOn: readonly string[] }[];

/** Layered layout, left to right, in the author's order where the edges leave a choice. */
function layoutOptions(graphHash: string, tasks: Shape) {
  return queryOptions({
    queryKey: ['layout', graphHash],
    queryFn: () => layOut(tasks),
    staleTime: Number.POSITIVE_INFINITY,
    meta: { isLocal: true },
  });
}

/** The places of a graph's tasks by task id. */
export function useGraphLayout(graphHash: string, tasks: Shape) {
  return useQuery(layoutOptions(graphHash, tasks));
}

async function layOut(tasks: Shape): Promise<ReadonlyMap<string, Place>> {
  const elk = new ELK({ workerUrl: elkWorkerUrl });
  try {
    const laidOut = await elk.layout({
      id: 'graph',
      layoutOptions: {
        'elk.algorithm': 'layered',
        'elk.direction': 'RIGHT',
        'elk.spacing.nodeNode': '18',
        'elk.layered.spacing.nodeNodeBetweenLayers': '56',
        'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
        // The default prefers straight edges and tears wide graphs apart; this one keeps them compact.
        'elk.layered.nodePlacement.strategy': tasks.length <= MOST_COMPACT ? 'NETWORK_SIMPLEX' : 'BRANDES_KOEPF',
        'elk.separateConnectedComponents': 'false',
      },
      children: tasks.map(({ id }) => ({ id, width: NODE_WIDTH, height: NODE_HEIGHT })),
      edges: tasks.flatMap(({ id, dependsOn }) =>
        dependsOn.map((upstream) => ({ id: `${upstream}→${id}`, sources: [upstream], targets: [id] })),
      ),
    });
    return new Map((laidOut.children ?? []).map(({ id, x = 0, y = 0 }) => [id, { x, y }]));
  } finally {
    elk.terminateWorker();
  }
}
