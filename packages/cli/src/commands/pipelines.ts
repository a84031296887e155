import { type CodeLocationView, ListPipelines, type PipelineView } from '@towpath/api';
import { toPrintable, toPrintableLines } from '@towpath/core';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { findNamedEnvironment } from '../connection/select-on-server.ts';
import { formatTable } from '../rendering/table.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly environment?: string;
  readonly json?: boolean;
}

/** `npx towpath pipelines`: what is registered, from which file, and what could not be loaded. */
export const registerPipelines: RegisterCommand = (program, context) => {
  const command = program
    .command('pipelines')
    .description('List the pipelines that are loaded, and what could not be loaded.')
    .option('--environment <name>', 'only those of this environment')
    .option('--json', 'print JSON');
  addConnectionOptions(command).action(async (options: Options) => {
    const environment = findNamedEnvironment(context, options);
    const reply = await connect(context, options).call(ListPipelines, { query: { environment } });
    if (options.json) context.out(`${JSON.stringify(reply, null, 2)}\n`);
    else
      context.out(
        formatPipelines(reply.pipelines, environment) + reply.codeLocations.map(formatLocationError).join(''),
      );
  });
};

function formatPipelines(pipelines: readonly PipelineView[], environment: string | undefined): string {
  if (pipelines.length === 0 && environment !== undefined)
    return `No pipelines in ${environment}. All of them: npx towpath pipelines\n`;
  if (pipelines.length === 0)
    return 'No pipelines yet. Write one to pipelines/<name>.ts; it appears here when you save it.\n';
  const rows = pipelines.map((pipeline) => [
    pipeline.name,
    pipeline.environment,
    pipeline.tasks.length,
    pipeline.lastRuns[0]?.state ?? 'never run',
    pipeline.sourceFile,
  ]);
  return formatTable(['PIPELINE', 'ENVIRONMENT', 'TASKS', 'LAST RUN', 'SOURCE'], rows);
}

function formatLocationError({ name, error, loadedAt }: CodeLocationView): string {
  if (!error) return '';
  const shown = loadedAt === null ? 'it never was' : 'the pipelines above are the last good ones';
  const cause = error.cause === null ? '' : `  why: ${toPrintableLines(error.cause, '       ')}\n`;
  return `\n${name} could not be loaded; ${shown}.\n  ${error.code}: ${toPrintable(error.message)}\n${cause}`;
}
