import { type Command, Option } from 'commander';
import { type ConnectionOptions, connect } from '../connection/connect.ts';
import { getScheduleByName, SCHEDULE_ARGUMENT } from '../connection/find-schedule.ts';
import type { CommandContext } from '../context.ts';
import { toCronJob } from '../rendering/cron-job.ts';

interface Options extends ConnectionOptions {
  readonly environment?: string;
  readonly json?: boolean;
  readonly namespace: string;
  readonly image: string;
  readonly server: string;
  readonly secret: string;
  readonly active?: boolean;
}

/** `npx towpath schedules render`: prints a manifest; changes nothing. */
export function registerRenderSchedule(schedules: Command, context: CommandContext): void {
  schedules
    .command('render')
    .description('Print a schedule as a Kubernetes CronJob, for clusters whose clock is to start it. Changes nothing.')
    .argument('<schedule>', SCHEDULE_ARGUMENT)
    .addOption(new Option('--format <format>', 'what to print').choices(['cronjob']).default('cronjob'))
    .requiredOption('--image <image>', 'image whose `towpath` is run')
    .option('--namespace <name>', 'namespace of the CronJob', 'default')
    .option('--server <url>', 'address of the server as the cluster reaches it', 'http://towpath-server:8080')
    .option('--secret <name>', 'Secret that holds an access token under the key `token`', 'towpath-token')
    .option('--active', 'let it fire though the schedule is paused here, so that only Kubernetes starts it')
    .addHelpText('after', '\nExample:\n  npx towpath schedules render daily --image registry.example.com/towpath:0.1.0')
    .action(async (name: string, _: unknown, self: Command) => {
      const { image, namespace, server, secret, ...options } = self.optsWithGlobals<Options>();
      const schedule = await getScheduleByName({ client: connect(context, options), context }, name, options);
      const manifest = toCronJob(schedule, { image, namespace, server, secret, isActive: options.active === true });
      const { stringify } = await import('yaml');
      context.out(options.json ? `${JSON.stringify(manifest, null, 2)}\n` : stringify(manifest));
    });
}
