export { type DatakitTaskOptions, datakitTask } from './authoring/datakit-task.ts';
export { definePipeline, type PipelineOptions } from './authoring/define-pipeline.ts';
export type { PipelineDefinition, TaskDefinition } from './authoring/definitions.ts';
export type { DerivedNames, FunctionContext, ResultObject, TaskFunction } from './authoring/function-context.ts';
export { type FunctionTaskOptions, functionTask } from './authoring/function-task.ts';
export { type ScheduleEntry, type ScheduleOptions, schedule } from './authoring/schedule.ts';
export { ConfigurationError, RetryLater } from './authoring/task-error.ts';
export {
  type EvaluatedPipeline,
  type EvaluateOptions,
  type Evaluation,
  type EvaluationError,
  evaluateProject,
  type OutsideFiles,
} from './code-server/evaluate-project.ts';
export { PIPELINES_FOLDER } from './code-server/source-files.ts';
export { type RunnerOrder, toBundledPath } from './task-runner/runner-order.ts';
export { TASK_RUNNER_ENTRY } from './task-runner/task-runner-entry.ts';
