// A graph too large to draw is folded to what lies around one task.
import type { TaskState } from '@towpath/core';

/** A task as it is drawn. Without a state (a pipeline that is not running) it has no shape of one. */
export interface GraphedTask {
  readonly id: string;
  readonly dependsOn: readonly string[];
  readonly state?: TaskState | 'uncertain';
  /** Rows it read and kept out of its table. */
  readonly quarantinedCount?: number;
  /** Said under the name when there is no state: what it runs. */
  readonly work?: string;
}

/** 600 tasks in layers of ten take elk 0.75 s (Node 24, one of two busy cores); many more are a texture without names. */
export const MOST_DRAWN = 600;
/** What is drawn of a folded graph: what an eye can follow, laid out in 0.16 s, each time another task is chosen. */
const MOST_FOLDED = 120;

/**
 * The tasks to draw, in their order: all, or of more than `MOST_DRAWN` those nearest to the chosen task, step by step up
 * and down. An unknown task is the first one.
 */
export function foldGraph(tasks: readonly GraphedTask[], chosenId: string | undefined): readonly GraphedTask[] {
  if (tasks.length <= MOST_DRAWN) return tasks;
  const near = collectNear(tasks, tasks.find(({ id }) => id === chosenId)?.id ?? tasks[0]?.id ?? '');
  return tasks
    .filter(({ id }) => near.has(id))
    .map((task) => ({ ...task, dependsOn: task.dependsOn.filter((id) => near.has(id)) }));
}

function collectNear(tasks: readonly GraphedTask[], startId: string): ReadonlySet<string> {
  const neighbours = listNeighbours(tasks);
  const near = new Set([startId]);
  // A set hands out what is added while one walks it, so this is breadth first.
  for (const id of near) {
    for (const neighbour of neighbours.get(id) ?? []) {
      if (near.size >= MOST_FOLDED) return near;
      near.add(neighbour);
    }
  }
  return near;
}

function listNeighbours(tasks: readonly GraphedTask[]): ReadonlyMap<string, readonly string[]> {
  const neighbours = new Map<string, string[]>(tasks.map(({ id, dependsOn }) => [id, [...dependsOn]]));
  for (const { id, dependsOn } of tasks) for (const upstream of dependsOn) neighbours.get(upstream)?.push(id);
  return neighbours;
}
