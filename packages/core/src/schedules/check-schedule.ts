import { TowpathError } from '../errors/towpath-error.ts';
import { CATCH_UP_POLICIES, OVERLAP_POLICIES, type ScheduleDefinition } from '../graph/graph.ts';
import { isValidName } from '../graph/names.ts';
import { type ParameterSchemas, resolveParameters } from '../graph/parameters.ts';
import { describeCronProblem } from './cron-pattern.ts';
import { isTimeZone } from './zone-time.ts';

/**
 * What is wrong with a schedule, in words, all of it. `schemas` are the parameters of its pipeline; undefined: its values
 * are not looked at.
 */
export function checkSchedule(schedule: ScheduleDefinition, schemas: ParameterSchemas | undefined): readonly string[] {
  const { name, cron, timeZone } = schedule;
  const problems: string[] = [];
  if (!isValidName(name)) problems.push(`the name ${JSON.stringify(name)} is not allowed`);
  const ofCron = typeof cron === 'string' ? describeCronProblem(cron) : 'it must be text';
  if (ofCron !== undefined) problems.push(`cron ${JSON.stringify(cron)}: ${ofCron}`);
  if (!isTimeZone(timeZone))
    problems.push(`time zone ${JSON.stringify(timeZone)}: not an IANA name such as Europe/London`);
  return [...problems, ...checkPolicies(schedule), ...(schemas ? checkParameters(schedule, schemas) : [])];
}

/** As for every other delay of a graph; what shall start however late says null. */
const MAX_DEADLINE_SECONDS = 30 * 24 * 3600;
const MAX_CATCH_UP = 1000;

function checkPolicies({ overlap, catchUp, maxCatchUp, startDeadlineSeconds }: ScheduleDefinition): readonly string[] {
  const problems: string[] = [];
  if (!Object.hasOwn(OVERLAP_POLICIES, overlap))
    problems.push(`overlap is ${JSON.stringify(overlap)}; there are ${Object.keys(OVERLAP_POLICIES).join(', ')}`);
  if (!Object.hasOwn(CATCH_UP_POLICIES, catchUp))
    problems.push(`catchUp is ${JSON.stringify(catchUp)}; there are ${Object.keys(CATCH_UP_POLICIES).join(', ')}`);
  if (overlap === 'replace' && catchUp === 'all')
    problems.push('overlap replace keeps the newest slot only, catchUp all wants each of them: choose one');
  if (!Number.isInteger(maxCatchUp) || maxCatchUp < 1 || maxCatchUp > MAX_CATCH_UP)
    problems.push(`maxCatchUp is ${maxCatchUp}; it must be a whole number from 1 to ${MAX_CATCH_UP}`);
  if (startDeadlineSeconds !== null && !(startDeadlineSeconds > 0 && startDeadlineSeconds <= MAX_DEADLINE_SECONDS))
    problems.push(`startDeadlineSeconds is ${startDeadlineSeconds}; it must be above 0, and at most 30 days`);
  return problems;
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
