// What `import … from 'towpath'` gives a pipeline author.
export {
  ConfigurationError,
  type DatakitTaskOptions,
  datakitTask,
  definePipeline,
  type FunctionContext,
  type FunctionTaskOptions,
  functionTask,
  type PipelineDefinition,
  type PipelineOptions,
  type ResultObject,
  RetryLater,
  type ScheduleEntry,
  type ScheduleOptions,
  schedule,
  type TaskDefinition,
  type TaskFunction,
} from '@towpath/sdk';
