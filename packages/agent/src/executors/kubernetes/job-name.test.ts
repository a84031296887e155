import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toJobName, toLabelValue } from './job-name.ts';

const ID = '0198c0de-0000-7000-8000-000000000000';

test.each([
  ['load', 'sqlserver-bronze', `load-sqlserver-bronz-${ID}`],
  ['Load_Orders', undefined, `load-orders-${ID}`],
  ['a-very-long-task-name', 'x', `a-very-long-task-nam-${ID}`],
  ['日本', undefined, `towpath-${ID}`],
  [undefined, undefined, `towpath-${ID}`],
  ['--', 'Files', `files-${ID}`],
])('A23 kubernetes: task %s of datakit %s has the Job %s', (task, datakit, name) => {
  const variables = { ...(task && { TOWPATH_TASK_ID: task }), ...(datakit && { DATAKIT_NAME: datakit }) };
  expect(toJobName(ID, variables)).toBe(name);
});

test('A23 kubernetes: any task id gives a valid name, always the same, and another attempt another one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.oneof(fc.uuid(), fc.string()), (task, attemptId) => {
      const name = toJobName(attemptId, { TOWPATH_TASK_ID: task });
      expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,55}[a-z0-9])?$/);
      expect(toJobName(attemptId, { TOWPATH_TASK_ID: task })).toBe(name);
      expect(toJobName(randomUUID(), { TOWPATH_TASK_ID: task })).not.toBe(name);
      expect(toLabelValue(task)).toMatch(/^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/);
    }),
  );
});
