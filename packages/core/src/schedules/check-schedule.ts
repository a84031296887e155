import { TowpathError } from '../errors/towpath-error.ts';
import type { ScheduleDefinition } from '../graph/graph.ts';
import { isValidName } from '../graph/names.ts';
import { type ParameterSchemas, resolveParameters } from '../graph/parameters.ts';

/** What is wrong with a schedule, in words. `schemas` are the parameters of its pipeline. */
export function checkSchedule(schedule: ScheduleDefinition, schemas: ParameterSchemas): readonly string[] {
  const problems: string[] = [];
  if (!isValidName(schedule.name)) problems.push(`the name ${JSON.stringify(schedule.name)} is not allowed`);
  return [...problems, ...checkParameters(schedule, schemas)];
}

function checkParameters({ parameters }: ScheduleDefinition, schemas: ParameterSchemas): readonly string[] {
  try {
    resolveParameters(schemas, parameters);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof TowpathError)) throw thrown;
    return [`parameters: ${thrown.reason}`];
  }
}
