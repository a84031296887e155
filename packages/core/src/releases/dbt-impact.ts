// A84: what going from one release to another means for dbt: models that are others, and everything downstream of them.
import { listDownstream, toReaders } from './dbt-graph.ts';
import type { ReleaseBill, ReleasedDbtModel } from './release.ts';

/** A model that is touched. */
export interface DbtImpact {
  /** dbt's unique id: `model.shop.orders`. */
  readonly name: string;
  /** `downstream`: it is the same, and reads what is not. */
  readonly how: 'added' | 'changed' | 'removed' | 'downstream';
  /** Those of its upstream models that are others, in name order; of a `downstream` one never empty. */
  readonly because: readonly string[];
}

type Models = ReadonlyMap<string, ReleasedDbtModel>;

/** All that is touched on the way from one bill to another, in name order; downstream by both graphs together. Empty: nothing. */
export function findDbtImpact(from: ReleaseBill, to: ReleaseBill): readonly DbtImpact[] {
  const [before, after] = [toModels(from), toModels(to)];
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const own = new Map(names.flatMap((name) => findChange(name, before, after)));
  const reached = findUpstream([before, after], new Set(own.keys()));
  return names.flatMap((name) => {
    const because = [...(reached.get(name) ?? [])].sort();
    const how = own.get(name) ?? (because.length > 0 ? 'downstream' : undefined);
    return how === undefined ? [] : [{ name, how, because }];
  });
}

function toModels({ dbt }: ReleaseBill): Models {
  return new Map(dbt?.models.map((model) => [model.name, model]));
}

function findChange(name: string, before: Models, after: Models): readonly (readonly [string, DbtImpact['how']])[] {
  const [old, now] = [before.get(name), after.get(name)];
  if (!old) return [[name, 'added']];
  if (!now) return [[name, 'removed']];
  return old.checksum === now.checksum ? [] : [[name, 'changed']];
}

/** For each model those of `sources` that it reads, directly or not. */
function findUpstream(
  [before, after]: readonly [Models, Models],
  sources: ReadonlySet<string>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const readers = toReaders([[...before.values()], [...after.values()]]);
  const found = new Map<string, Set<string>>();
  for (const source of sources)
    for (const name of listDownstream(readers, source)) found.set(name, (found.get(name) ?? new Set()).add(source));
  return found;
}
