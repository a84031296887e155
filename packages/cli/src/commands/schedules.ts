import { ListSchedules, PauseSchedule, ResumeSchedule } from '@towpath/api';
import { isTimeZone } from '@towpath/core';
import type { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { getScheduleByName, SCHEDULE_ARGUMENT } from '../connection/find-schedule.ts';
import { findNamedEnvironment } from '../connection/select-on-server.ts';
import type { CommandContext } from '../context.ts';
import { describePause, formatSchedule, formatSchedules } from '../rendering/schedules.ts';
import type { RegisterCommand } from './register-command.ts';
import { registerRenderSchedule } from './schedules-render.ts';
import { registerRunScheduleNow } from './schedules-run-now.ts';

interface Options extends ConnectionOptions {
  readonly environment?: string;
  readonly pipeline?: string;
  readonly json?: boolean;
}

/** `npx towpath schedules`: when pipelines run by themselves; subcommands show, pause, resume, start and render one. */
export const registerSchedules: RegisterCommand = (program, context, exitWith) => {
  const schedules = program
    .command('schedules')
    .description('List schedules: when next, in their time zone and in yours, and how the last slot went.')
    .option('--environment <name>', 'only schedules in this environment')
    .option('--pipeline <name>', 'only schedules of this pipeline')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath schedules show daily');
  addConnectionOptions(schedules).action(async (options: Options) => {
    const { pipeline } = options;
    const environment = findNamedEnvironment(context, options);
    const reply = await connect(context, options).call(ListSchedules, { query: { environment, pipeline } });
    const isFiltered = environment !== undefined || pipeline !== undefined;
    if (options.json) context.out(`${JSON.stringify(reply, null, 2)}\n`);
    else if (reply.schedules.length === 0) context.out(isFiltered ? NONE_OF_THAT_NAME : NONE);
    else context.out(formatSchedules(reply.schedules, findOwnZone(context)));
  });
  registerShow(schedules, context);
  registerPause(schedules, context);
  registerResume(schedules, context);
  registerRunScheduleNow(schedules, context, exitWith);
  registerRenderSchedule(schedules, context);
};

const NONE_OF_THAT_NAME = 'No schedule of that name. All of them: npx towpath schedules\n';
const NONE = `No schedules yet. Give a pipeline one and save it:
  import { definePipeline, schedule } from 'towpath';
  definePipeline({ …, schedules: [schedule({ cron: '30 2 * * *', timeZone: 'Europe/London' })] })
`;

// Options that `schedules` has too are taken by it: they are read with the parent's.
function registerShow(schedules: Command, context: CommandContext): void {
  schedules
    .command('show')
    .description('Show one schedule: its next five slots, and what became of the last ones.')
    .argument('<schedule>', SCHEDULE_ARGUMENT)
    .action(async (name: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const schedule = await getScheduleByName({ client: connect(context, options), context }, name, options);
      if (options.json) context.out(`${JSON.stringify(schedule, null, 2)}\n`);
      else context.out(formatSchedule(schedule, findOwnZone(context)));
    });
}

function registerPause(schedules: Command, context: CommandContext): void {
  schedules
    .command('pause')
    .description('Let no slot start a run until it is resumed. A running run goes on.')
    .argument('<schedule>', SCHEDULE_ARGUMENT)
    .option('--note <text>', 'why; shown to everybody')
    .action(async (name: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options & { readonly note?: string }>();
      const client = connect(context, options);
      const { id: scheduleId } = await getScheduleByName({ client, context }, name, options);
      const body = options.note === undefined ? {} : { note: options.note };
      const schedule = await client.call(PauseSchedule, { params: { scheduleId }, body });
      context.out(options.json ? `${JSON.stringify(schedule, null, 2)}\n` : describePause(schedule));
    });
}

function registerResume(schedules: Command, context: CommandContext): void {
  schedules
    .command('resume')
    .description('Let a paused schedule tick again, from now on.')
    .argument('<schedule>', SCHEDULE_ARGUMENT)
    .action(async (name: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const client = connect(context, options);
      const { id: scheduleId } = await getScheduleByName({ client, context }, name, options);
      const schedule = await client.call(ResumeSchedule, { params: { scheduleId }, body: {} });
      context.out(options.json ? `${JSON.stringify(schedule, null, 2)}\n` : describePause(schedule));
    });
}

/** The zone of whoever reads: that of TZ, else that of the machine. */
function findOwnZone({ env }: CommandContext): string {
  const own = env.TZ;
  return own !== undefined && isTimeZone(own) ? own : new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
