// When a pipeline runs by itself. Nothing throws here: problems travel with the schedule to its pipeline.
import type { CatchUpPolicy, OverlapPolicy, ParameterValues, ScheduleDefinition } from '@towpath/core';
import { checkKnownOptions } from './known-options.ts';

export interface ScheduleOptions {
  /** Unique in its pipeline. Default: `default`. */
  readonly name?: string;
  /** Five fields: minute, hour, day of month, month, day of week; `30 2 * * MON-FRI`. */
  readonly cron: string;
  /** IANA name, such as `Europe/London`. Default: `UTC`. */
  readonly timeZone?: string;
  /** When a run of it has not ended: `forbid` skips the slot, `queue` waits, `replace` cancels the run. Default: `forbid`. */
  readonly overlap?: OverlapPolicy;
  /** Slots that passed while no server was there: run `none`, the `latest`, or `all` of them in order. Default: `latest`. */
  readonly catchUp?: CatchUpPolicy;
  /** With `catchUp: 'all'`, at most so many, 1–1000. Default: 10. */
  readonly maxCatchUp?: number;
  /** A slot that could not start within this time is missed. Default: null, it may start however late. */
  readonly startDeadlineSeconds?: number | null;
  /** For the pipeline's parameters; absent ones have their defaults. */
  readonly parameters?: ParameterValues;
}

/** A schedule before it stands in a pipeline. */
export interface ScheduleEntry {
  readonly schedule: ScheduleDefinition;
  /** What is wrong with its options, in words; the pipeline reports all problems together. */
  readonly problems: readonly string[];
}

const KNOWN_OPTIONS = [
  'name',
  'cron',
  'timeZone',
  'overlap',
  'catchUp',
  'maxCatchUp',
  'startDeadlineSeconds',
  'parameters',
] as const satisfies readonly (keyof ScheduleOptions)[];

/** Defines a schedule for `definePipeline({ schedules: [schedule({ cron: '30 2 * * *' })] })`. Mistakes are reported there. */
export function schedule(options: ScheduleOptions): ScheduleEntry {
  return {
    schedule: {
      name: options.name ?? 'default',
      cron: options.cron,
      timeZone: options.timeZone ?? 'UTC',
      overlap: options.overlap ?? 'forbid',
      catchUp: options.catchUp ?? 'latest',
      maxCatchUp: options.maxCatchUp ?? 10,
      startDeadlineSeconds: options.startDeadlineSeconds ?? null,
      parameters: options.parameters ?? {},
    },
    problems: checkKnownOptions(options, KNOWN_OPTIONS),
  };
}
