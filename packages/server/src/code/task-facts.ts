// What a graph says of a task, in the words of the API.
import type { TaskView } from '@towpath/api';
import type { GraphTask } from '@towpath/core';

type TaskFacts = Pick<TaskView, 'argv' | 'datakit' | 'function' | 'dependsOn' | 'triggerRule' | 'pool' | 'priority'>;

/** The facts that people see; what the author left out has its default. */
export function toTaskFacts(spec: GraphTask): TaskFacts {
  const isFunction = spec.kind === 'function';
  return {
    argv: isFunction ? [] : [...spec.argv],
    datakit: isFunction ? null : { ...spec.datakit },
    function: isFunction ? { module: spec.module, export: spec.export } : null,
    dependsOn: [...spec.dependsOn],
    triggerRule: spec.triggerRule ?? 'all_succeeded',
    pool: spec.pool ?? null,
    priority: spec.priority ?? 0,
  };
}
