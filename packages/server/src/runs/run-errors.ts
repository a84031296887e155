import { TOWPATH, TowpathError } from '@towpath/core';

/** ENVIRONMENT_UNKNOWN */
export function environmentUnknown(name: string): TowpathError {
  return new TowpathError({
    code: 'ENVIRONMENT_UNKNOWN',
    message: `There is no environment ${JSON.stringify(name)}.`,
    fix: 'Take a name from the list of environments; upper and lower case differ.',
  });
}

/** PIPELINE_UNKNOWN */
export function pipelineUnknown(pipeline: string, environment: string): TowpathError {
  return new TowpathError({
    code: 'PIPELINE_UNKNOWN',
    message: `${environment} has no pipeline ${JSON.stringify(pipeline)}.`,
    cause: 'None of that name is registered: its agent has not loaded it, its file has an error, or it was removed.',
    fix: `Look at \`${TOWPATH} pipelines\`.`,
  });
}
