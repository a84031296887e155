import { TowpathError } from '../errors/towpath-error.ts';
import type { ScheduleDefinition } from '../graph/graph.ts';
import { isValidName } from '../graph/names.ts';
import { type ParameterSchemas, resolveParameters } from '../graph/parameters.ts';
import { describeCronProblem } from './cron-pattern.ts';
import { isTimeZone } from './zone-time.ts';

/** What is wrong with a schedule, in words, all of it. `schemas` are the parameters of its pipeline. */
export function checkSchedule(schedule: ScheduleDefinition, schemas: ParameterSchemas): readonly string[] {
  const { name, cron, timeZone, overlap, catchUp } = schedule;
  const problems: string[] = [];
  if (!isValidName(name)) problems.push(`the name ${JSON.stringify(name)} is not allowed`);
  const ofCron = describeCronProblem(cron);
  if (ofCron !== undefined) problems.push(`cron ${JSON.stringify(cron)}: ${ofCron}`);
  if (!isTimeZone(timeZone))
    problems.push(`time zone ${JSON.stringify(timeZone)}: not an IANA name such as Europe/London`);
  if (overlap === 'replace' && catchUp === 'all')
    problems.push('overlap replace keeps the newest slot only, catchUp all wants each of them: choose one');
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
