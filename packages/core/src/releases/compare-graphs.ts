// What one graph of a pipeline has that another has not: its tasks and schedules by name.
import { formatCanonicalJson } from '../graph/canonical-json.ts';
import type { Graph, GraphTask, ScheduleDefinition } from '../graph/graph.ts';
import type { ReleaseDifference } from './compare-releases.ts';

/** Differences of tasks, then of schedules, each by name; undefined: there is no such pipeline. */
export function compareGraphs(before: Graph | undefined, after: Graph | undefined): readonly ReleaseDifference[] {
  const pipeline = (after ?? before)?.pipeline ?? '';
  const kinds = [
    { kind: 'task', old: toTexts(before?.tasks), now: toTexts(after?.tasks) },
    { kind: 'schedule', old: toSchedules(before?.schedules), now: toSchedules(after?.schedules) },
  ] as const;
  return kinds.flatMap(({ kind, old, now }) =>
    [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((name) => {
      const difference = { kind, name: `${pipeline}/${name}`, ...describeBoth(old.get(name), now.get(name)) };
      return difference.before === difference.after ? [] : [difference];
    }),
  );
}

/** Something of a graph: what it is in a few words, and all that is declared of it beside that. */
interface Described {
  readonly words: string;
  readonly rest: ReadonlyMap<string, string>;
}

function describeBoth(before: Described | undefined, after: Described | undefined) {
  const keys = [...new Set([...(before?.rest.keys() ?? []), ...(after?.rest.keys() ?? [])])].sort();
  const differing = before && after ? keys.filter((key) => before.rest.get(key) !== after.rest.get(key)) : [];
  return {
    before: describe(before, differing, () => 'set'),
    after: describe(after, differing, (key) => (before?.rest.has(key) ? 'set otherwise' : 'set')),
  };
}

/** Of variables it is said that they differ: who may read releases need not read what tasks are told. */
function describe(
  one: Described | undefined,
  differing: readonly string[],
  hide: (key: string) => string,
): string | null {
  if (one === undefined) return null;
  const parts = differing.map((key) => {
    const value = one.rest.get(key);
    return `${key} ${value !== undefined && key.startsWith(VARIABLE) ? hide(key) : (value ?? '–')}`;
  });
  return [one.words, ...parts].join('; ');
}

const VARIABLE = 'environmentVariables.';

function toTexts(tasks: readonly GraphTask[] = []): ReadonlyMap<string, Described> {
  return new Map(tasks.map((task) => [task.id, toDescribed(describeWork(task), task, WORK)]));
}

function toSchedules(schedules: readonly ScheduleDefinition[] = []): ReadonlyMap<string, Described> {
  return new Map(
    schedules.map((one) => [one.name, toDescribed(`${one.cron} ${one.timeZone}`, one, ['cron', 'timeZone', 'name'])]),
  );
}

/** What is in the words already. */
const WORK: readonly string[] = ['id', 'kind', 'datakit', 'argv', 'module', 'export'];

function describeWork(task: GraphTask): string {
  if (task.kind === 'function') return `function of ${task.module}, ${task.export}`;
  return `${task.datakit.name} ${task.datakit.version}: ${task.argv.join(' ')}`;
}

function toDescribed(words: string, whole: object, told: readonly string[]): Described {
  const rest = Object.entries(whole).filter(([key, value]) => !told.includes(key) && value !== undefined);
  return { words, rest: new Map(rest.flatMap(([key, value]) => toLines(key, value))) };
}

/** Each of what a task is told and a schedule is started with by its own name: a long list of which one differs says nothing. */
function toLines(key: string, value: unknown): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[key, formatCanonicalJson(value)]];
  return Object.entries(value).map(([name, part]) => [`${key}.${name}`, formatCanonicalJson(part)]);
}
