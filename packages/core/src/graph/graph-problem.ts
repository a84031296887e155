/** One reason why a graph can't be registered; `taskId` is absent when it concerns the whole graph. */
export interface GraphProblem {
  readonly code:
    | 'PIPELINE_NAME_INVALID'
    | 'TASK_ID_INVALID'
    | 'TASK_ID_DUPLICATE'
    | 'TASK_DEPENDENCY_UNKNOWN'
    | 'TASK_DEPENDENCY_MISSING'
    | 'TASK_INPUT_UNKNOWN'
    | 'TASK_POOL_INVALID'
    | 'PLACEHOLDER_UNKNOWN'
    | 'PARAMETER_INVALID'
    | 'SCHEDULE_INVALID'
    | 'GRAPH_CYCLIC'
    | 'GRAPH_EMPTY'
    | 'GRAPH_TOO_LARGE'
    | 'COMMAND_EMPTY';
  readonly taskId?: string;
  readonly detail: string;
}
