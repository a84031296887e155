// Pipelines for fault tests: small, of every kind that the engine tells apart, and so that each log is known byte by byte.
import { addStepsDatakit, type TestProject } from './test-project.ts';

/** Lines that each task of the mixed pipeline prints: a seventh of a second of work, most of which it sleeps. */
const STEPS = 60;

/** Room of the pool that two tasks of the mixed pipeline share. */
export const NARROW_POOL = { name: 'narrow', slots: 1 } as const;

/** A pool, a retry, a fan-in and all trigger rules; it succeeds, with `alarm` skipped. */
const MIXED = `import { datakitTask, definePipeline } from 'towpath';
const common = { datakit: 'steps', version: '1.0.0', idempotent: true, retry: { limit: 20, delaySeconds: 0.1 } };
const steps = (id: string, more: object = {}) => datakitTask({ id, command: 'steps ${STEPS}', ...common, ...more });
export default definePipeline({
  name: 'mixed',
  tasks: [
    steps('a', { pool: '${NARROW_POOL.name}' }),
    steps('b', { pool: '${NARROW_POOL.name}', priority: 5 }),
    datakitTask({ id: 'flaky', command: 'flaky', ...common }),
    steps('c', { dependsOn: ['a', 'b', 'flaky'] }),
    steps('alarm', { dependsOn: ['c'], triggerRule: 'one_failed' }),
    steps('clean', { dependsOn: ['c', 'alarm'], triggerRule: 'all_done' }),
  ],
});
`;

/** One task that runs until it is cancelled. */
const SLOW = `import { datakitTask, definePipeline } from 'towpath';
export default definePipeline({
  name: 'slow',
  tasks: [datakitTask({ id: 'only', datakit: 'steps', version: '1.0.0', command: 'steps 99999', idempotent: true })],
});
`;

/** One task that fails, so that somebody is told. */
const FAILING = `import { datakitTask, definePipeline } from 'towpath';
export default definePipeline({
  name: 'failing',
  tasks: [datakitTask({ id: 'only', datakit: 'steps', version: '1.0.0', command: 'flaky', idempotent: true })],
});
`;

/** One function, which prints what `steps` does. A test that needs it writes it: waiting runners cost every other one. */
export const FUNCTION = `import { definePipeline, functionTask } from 'towpath';
import { setTimeout as pause } from 'node:timers/promises';
const run = async () => {
  for (let i = 1; i <= ${STEPS}; i += 1) {
    console.log('step ' + String(i).padStart(5, '0') + ' of ${STEPS}');
    if (i % 20 === 0) await pause(50);
  }
};
export default definePipeline({
  name: 'function',
  tasks: [functionTask({ id: 'only', idempotent: true, retry: { limit: 20, delaySeconds: 0.1 }, run })],
});
`;

/**
 * Short tasks, after which others are prefetched, and then long ones, which are given back. None may be repeated, so nothing may
 * be lost.
 */
export const UNEVEN = `import { datakitTask, definePipeline } from 'towpath';
const steps = (id: string, count: number, priority: number) =>
  datakitTask({ id, datakit: 'steps', version: '1.0.0', command: 'steps ' + count, priority });
const many = (count: number, make: (at: number) => ReturnType<typeof steps>) => Array.from({ length: count }, (_, at) => make(at));
export default definePipeline({
  name: 'uneven',
  tasks: [...many(20, (at) => steps('short' + at, 1, 1)), ...many(7, (at) => steps('long' + at, 400, 0))],
});
`;

/** Lines that the function prints. */
export const FUNCTION_STEPS = STEPS;

/** Fails once, so that it is retried. */
const FLAKY = `#!/bin/sh
echo "attempt $TOWPATH_ATTEMPT"
[ "$TOWPATH_ATTEMPT" -gt 1 ]
`;

/** Writes datakit and pipelines; returns the datakit's folder. */
export function addFaultPipelines(project: TestProject): string {
  addStepsDatakit(project);
  project.write(
    'datakits/steps/datakit.yaml',
    'name: steps\nversion: 1.0.0\nkind: test\ndescription: Prints\ncommands: [steps, flaky]\nexecutableFolder: bin\nenvironment: []\n',
  );
  project.write('datakits/steps/bin/flaky', FLAKY, 0o755);
  project.write('pipelines/mixed.ts', MIXED);
  project.write('pipelines/slow.ts', SLOW);
  project.write('pipelines/failing.ts', FAILING);
  return `${project.folder}/datakits/steps`;
}
