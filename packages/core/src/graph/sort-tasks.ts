// Kahn's algorithm, without recursion: a chain may have thousands of tasks.

/** Something that depends on others of its kind. */
export interface Dependant {
  readonly id: string;
  readonly dependsOn: readonly string[];
}

/** Upstreams before dependants. What lies on a cycle, behind one, or depends on what is not here, is left out. */
export function sortTasks<T extends Dependant>(tasks: readonly T[]): readonly T[] {
  const waitingOn = new Map(tasks.map((task) => [task.id, new Set(task.dependsOn).size]));
  const dependants = collectDependants(tasks);
  const sorted = tasks.filter(({ id }) => waitingOn.get(id) === 0);
  // Grows while it is walked.
  for (const { id } of sorted) {
    for (const next of dependants.get(id) ?? []) {
      const left = (waitingOn.get(next.id) ?? 0) - 1;
      waitingOn.set(next.id, left);
      if (left === 0) sorted.push(next);
    }
  }
  return sorted;
}

function collectDependants<T extends Dependant>(tasks: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const dependants = new Map<string, T[]>();
  for (const task of tasks) {
    for (const upstream of new Set(task.dependsOn)) {
      const list = dependants.get(upstream);
      if (list) list.push(task);
      else dependants.set(upstream, [task]);
    }
  }
  return dependants;
}
