// What `import … from 'towpath'` gives a pipeline author.
export {
  type DatakitTaskOptions,
  datakitTask,
  definePipeline,
  type PipelineDefinition,
  type PipelineOptions,
  type ScheduleEntry,
  type ScheduleOptions,
  schedule,
  type TaskDefinition,
} from '@towpath/sdk';
