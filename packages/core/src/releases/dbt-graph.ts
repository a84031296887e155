// Who reads whom among dbt models.
import type { ReleasedDbtModel } from './release.ts';

/** For each model those next to it: that read it directly, or that it reads. */
export type DbtEdges = ReadonlyMap<string, readonly string[]>;

/** Readers by all graphs together. */
export function toReaders(graphs: readonly (readonly ReleasedDbtModel[])[]): DbtEdges {
  const readers = new Map<string, string[]>();
  for (const { name, dependsOn } of graphs.flat())
    for (const upstream of dependsOn) {
      const known = readers.get(upstream);
      if (known) known.push(name);
      else readers.set(upstream, [name]);
    }
  return readers;
}

/** What each model of a graph reads. */
export function toRead(models: readonly ReleasedDbtModel[]): DbtEdges {
  return new Map(models.map(({ name, dependsOn }) => [name, dependsOn]));
}

/** All that is downstream of a model, without it. A manifest has no cycles; one that had would end all the same. */
export function listDownstream(readers: DbtEdges, from: string): ReadonlySet<string> {
  const seen = new Set(listReached(readers, [from]));
  seen.delete(from);
  return seen;
}

/** All that is reached from any of these by one step or more, each looked at once. */
export function listReached(edges: DbtEdges, from: Iterable<string>): ReadonlySet<string> {
  const seen = new Set<string>();
  const left = [...from].flatMap((name) => edges.get(name) ?? []);
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    left.push(...(edges.get(name) ?? []));
  }
  return seen;
}
