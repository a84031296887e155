import { resolve } from 'node:path';
import { StartRun } from '@towpath/api';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { getSelectedEnvironment } from '../connection/find-run.ts';
import { followStarted } from '../connection/follow-run.ts';
import { readParameters } from '../connection/read-parameters.ts';
import { refuseMissingFile } from '../connection/refuse-missing-file.ts';
import { ONE_ENVIRONMENT } from '../connection/select-on-server.ts';
import { withSuggestions } from '../connection/suggest-name.ts';
import { collect } from '../rendering/collect.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly environment?: string;
  readonly parameter: readonly string[];
  readonly parametersFile?: string;
  readonly note?: string;
  readonly wait: boolean;
  readonly json?: boolean;
}

/** `npx towpath run`: starts a run, shows its progress; the exit code follows the run. */
export const registerRun: RegisterCommand = (program, context, exitWith) => {
  const command = program
    .command('run')
    .description('Run a pipeline and wait for its end. Exit code: 0 succeeded, 1 failed, 2 cancelled.')
    .argument('<pipeline>', 'its name; `npx towpath pipelines` lists them')
    .option('--environment <name>', `where to run it (${ONE_ENVIRONMENT})`)
    .option('-p, --parameter <name=value>', 'value of a parameter; repeatable, a list takes several', collect, [])
    .option('--parameters-file <file>', 'values of parameters as JSON or YAML; --parameter stands above it')
    .option('--note <text>', 'why; kept with the run')
    .option('--no-wait', 'print the run and return at once')
    .option('--json', 'print the run as JSON at its end')
    .addHelpText('after', '\nExample:\n  npx towpath run sqlserver-bronze');
  addConnectionOptions(command).action(async (pipeline: string, options: Options) => {
    const client = connect(context, options);
    const environment = await getSelectedEnvironment({ client, context }, options);
    refuseMissingFile(context, environment);
    const file = options.parametersFile === undefined ? undefined : resolve(context.cwd, options.parametersFile);
    const started = await withSuggestions(client, { environment, pipeline }, async () => {
      const given = { pairs: options.parameter, file };
      const parameters = await readParameters(client, { pipeline, environment }, given);
      return await client.call(StartRun, { body: { pipeline, environment, parameters, note: options.note } });
    });
    exitWith(await followStarted({ client, context }, started, options));
  });
};
