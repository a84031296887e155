/** The groups of files that reach each other, each sorted by path. Some hundred files: a search from each is cheap. */
export function findCycles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const reached = new Map([...edges.keys()].map((path) => [path, listReached(edges, path)]));
  const reaches = (from: string, to: string): boolean => reached.get(from)?.has(to) ?? false;
  const cycles = new Map<string, string[]>();
  for (const path of edges.keys()) {
    const group = [...edges.keys()].filter((other) => reaches(path, other) && reaches(other, path)).sort();
    if (group.length > 0) cycles.set(group.join('\n'), group);
  }
  return [...cycles.values()];
}

/** Everything that can be reached from `start`; itself only through a cycle. */
function listReached(edges: ReadonlyMap<string, readonly string[]>, start: string): Set<string> {
  const reached = new Set<string>();
  const waiting = [...(edges.get(start) ?? [])];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    waiting.push(...(edges.get(path) ?? []));
  }
  return reached;
}
