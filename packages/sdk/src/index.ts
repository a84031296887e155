export { type DatakitTaskOptions, datakitTask } from './authoring/datakit-task.ts';
export { definePipeline, type PipelineOptions } from './authoring/define-pipeline.ts';
export type { PipelineDefinition, TaskDefinition } from './authoring/definitions.ts';
export { type ScheduleEntry, type ScheduleOptions, schedule } from './authoring/schedule.ts';
export {
  type EvaluatedPipeline,
  type EvaluateOptions,
  type Evaluation,
  type EvaluationError,
  evaluateProject,
} from './code-server/evaluate-project.ts';
export { PIPELINES_FOLDER } from './code-server/source-files.ts';
