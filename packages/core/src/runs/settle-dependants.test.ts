import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TRIGGER_RULES, type TriggerRule } from '../graph/graph.ts';
import { decideWaiting, settleDependants, type TaskEnd, type WaitingTask } from './settle-dependants.ts';
import { isTerminalTaskState, type TaskState } from './task-states.ts';

describe('decideWaiting', () => {
  const counts = { waitingOn: 0, upstreamsFailed: 0, upstreamsSkipped: 0 };
  it.each<[string, TriggerRule, Partial<typeof counts>, string]>([
    ['starts when all succeeded', 'all_succeeded', {}, 'ready'],
    ['waits for the rest', 'all_succeeded', { waitingOn: 1 }, 'waiting'],
    [
      'ends with the first failure, before the rest has ended',
      'all_succeeded',
      { waitingOn: 2, upstreamsFailed: 1 },
      'upstream_failed',
    ],
    ['is skipped with what it depends on, once all have ended', 'all_succeeded', { upstreamsSkipped: 1 }, 'skipped'],
    ['is not skipped while one may still fail', 'all_succeeded', { waitingOn: 1, upstreamsSkipped: 1 }, 'waiting'],
    ['waits for all, failed or not', 'all_done', { waitingOn: 1, upstreamsFailed: 3 }, 'waiting'],
    ['starts when all have ended', 'all_done', { upstreamsFailed: 1, upstreamsSkipped: 1 }, 'ready'],
    [
      'starts with the first failure, before the rest has ended',
      'one_failed',
      { waitingOn: 2, upstreamsFailed: 1 },
      'ready',
    ],
    ['waits while nothing has failed', 'one_failed', { waitingOn: 1 }, 'waiting'],
    ['is skipped when nothing failed', 'one_failed', { upstreamsSkipped: 1 }, 'skipped'],
  ])('%s', (_, rule, changes, state) => {
    expect(decideWaiting({ rule, ...counts, ...changes })).toBe(state);
  });
});

interface Node {
  readonly rule: TriggerRule;
  readonly upstreams: readonly number[];
  /** How it ends when it runs. */
  readonly outcome: 'succeeded' | 'failed' | 'errored' | 'cancelled';
}

// Edges point to earlier tasks only, so every graph is acyclic.
const graphs: fc.Arbitrary<readonly Node[]> = fc
  .array(
    fc.record({
      rule: fc.constantFrom(...triggerRules()),
      upstreams: fc.uniqueArray(fc.nat(30), { maxLength: 4 }),
      outcome: fc.constantFrom('succeeded', 'succeeded', 'failed', 'errored', 'cancelled'),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((raw) =>
    raw.map((node, index) => ({
      ...node,
      upstreams: index === 0 ? [] : [...new Set(node.upstreams.map((upstream) => upstream % index))],
    })),
  );

function triggerRules(): TriggerRule[] {
  // Object.keys loses the literal type.
  return Object.keys(TRIGGER_RULES) as TriggerRule[];
}

/** The rules, read as their sentences say, from how all upstreams ended. */
function readRule(rule: TriggerRule, ended: readonly TaskState[]): 'ready' | 'upstream_failed' | 'skipped' {
  const hasFailed = ended.some((state) => state !== 'succeeded' && state !== 'skipped');
  const hasSkipped = ended.includes('skipped');
  if (ended.length === 0 || rule === 'all_done') return 'ready';
  if (rule === 'one_failed') return hasFailed ? 'ready' : 'skipped';
  if (hasFailed) return 'upstream_failed';
  return hasSkipped ? 'skipped' : 'ready';
}

/** How every task ends, in the order of the graph. */
function predict(graph: readonly Node[]): TaskState[] {
  const ends: TaskState[] = [];
  for (const { rule, upstreams, outcome } of graph) {
    const decided = readRule(
      rule,
      upstreams.map((at) => ends[at] ?? 'succeeded'),
    );
    ends.push(decided === 'ready' ? outcome : decided);
  }
  return ends;
}

/** The state that a database would hold. */
class Simulation {
  readonly states: TaskState[];
  readonly starts: number[] = [];
  readonly #graph: readonly Node[];
  readonly #counts: { waitingOn: number; upstreamsFailed: number; upstreamsSkipped: number }[];

  constructor(graph: readonly Node[]) {
    this.#graph = graph;
    this.states = graph.map(({ upstreams }) => (upstreams.length === 0 ? 'ready' : 'waiting'));
    this.#counts = graph.map(({ upstreams }) => ({
      waitingOn: upstreams.length,
      upstreamsFailed: 0,
      upstreamsSkipped: 0,
    }));
  }

  listReady(): number[] {
    return [...this.states.keys()].filter((at) => this.states[at] === 'ready');
  }

  /** Ends several at once, as one batch of finishes does. */
  end(tasks: readonly number[]): void {
    this.starts.push(...tasks);
    const ended = tasks.map((at): TaskEnd => ({ taskId: String(at), state: this.#graph[at]?.outcome ?? 'failed' }));
    for (const { taskId, state } of ended) this.states[Number(taskId)] = state;
    for (const { taskId, state, ...counts } of settleDependants(ended, this.#listWaiting())) {
      expect(this.states[Number(taskId)]).toBe('waiting');
      this.states[Number(taskId)] = state;
      this.#counts[Number(taskId)] = counts;
    }
  }

  #listWaiting(): WaitingTask[] {
    return this.#graph.flatMap(({ rule, upstreams }, at) => {
      const counts = this.#counts[at];
      if (this.states[at] !== 'waiting' || !counts) return [];
      return [{ taskId: String(at), rule, upstreamIds: upstreams.map(String), ...counts }];
    });
  }
}

describe('settleDependants', () => {
  it('leads every graph, in whatever order and batches its tasks end, to the end that the rules say', () => {
    fc.assert(
      fc.property(graphs, fc.infiniteStream(fc.nat()), (graph, choices) => {
        const simulation = new Simulation(graph);
        for (let ready = simulation.listReady(); ready.length > 0; ready = simulation.listReady()) {
          const count = 1 + ((choices.next().value ?? 0) % ready.length);
          const from = (choices.next().value ?? 0) % ready.length;
          simulation.end([...ready.slice(from), ...ready.slice(0, from)].slice(0, count));
        }
        expect(simulation.states).toEqual(predict(graph));
        expect(new Set(simulation.starts).size).toBe(simulation.starts.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('changes each task once, and only what waits behind the ended ones', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const ended = [{ taskId: '0', state: graph[0]?.outcome ?? 'failed' }];
        const waiting = graph.slice(1).map(({ rule, upstreams }, index) => ({
          taskId: String(index + 1),
          rule,
          upstreamIds: upstreams.map(String),
          waitingOn: upstreams.length,
          upstreamsFailed: 0,
          upstreamsSkipped: 0,
        }));
        const changes = settleDependants(ended, waiting);
        expect(new Set(changes.map(({ taskId }) => taskId)).size).toBe(changes.length);
        const gone = new Set(['0', ...changes.filter(({ state }) => isTerminalTaskState(state)).map((c) => c.taskId)]);
        for (const { taskId, waitingOn } of changes) {
          const upstreams = waiting[Number(taskId) - 1]?.upstreamIds ?? [];
          expect(upstreams.filter((id) => gone.has(id))).not.toEqual([]);
          expect(waitingOn).toBe(upstreams.filter((id) => !gone.has(id)).length);
        }
      }),
    );
  });

  it('follows a chain of ten thousand without recursion', () => {
    const waiting = Array.from({ length: 10_000 }, (_, at) => ({
      taskId: String(at + 1),
      rule: 'all_succeeded' as const,
      upstreamIds: [String(at)],
      waitingOn: 1,
      upstreamsFailed: 0,
      upstreamsSkipped: 0,
    }));
    const changes = settleDependants([{ taskId: '0', state: 'failed' }], waiting);
    expect(changes.filter(({ state }) => state === 'upstream_failed')).toHaveLength(10_000);
  });
});
