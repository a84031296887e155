import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldGraph, type GraphedTask, MOST_DRAWN } from './fold-graph.ts';

/** A graph in layers: each task waits for two of the layer before. */
function layers(taskCount: number, width: number): GraphedTask[] {
  return Array.from({ length: taskCount }, (_, index) => {
    const layer = Math.floor(index / width);
    const upstreams = layer === 0 ? [] : [index - width, layer * width - width + ((index * 3) % width)];
    return { id: `t${index}`, dependsOn: [...new Set(upstreams)].map((upstream) => `t${upstream}`) };
  });
}

test('a graph that can be drawn stays whole', () => {
  const tasks = layers(MOST_DRAWN, 10);
  expect(foldGraph(tasks, 't5')).toBe(tasks);
});

test('a fold holds the chosen task, is in order, and no edge leads out of it', () => {
  const tasks = layers(5000, 10);
  fc.assert(
    fc.property(fc.nat(5200), (chosen) => {
      const folded = foldGraph(tasks, `t${chosen}`);
      const ids = folded.map(({ id }) => id);
      expect(ids).toContain(chosen < 5000 ? `t${chosen}` : 't0');
      expect(ids).toEqual(tasks.map(({ id }) => id).filter((id) => ids.includes(id)));
      expect(folded.flatMap(({ dependsOn }) => dependsOn).filter((id) => !ids.includes(id))).toEqual([]);
      expect(folded.length).toBeLessThanOrEqual(120);
    }),
    { numRuns: 30 },
  );
});
