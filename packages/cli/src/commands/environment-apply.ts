import { ApplyEnvironments, type EnvironmentChangeView } from '@towpath/api';
import { getProject } from '@towpath/config';
import type { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import type { CommandContext } from '../context.ts';
import { listEnvironments } from '../project/project-environments.ts';
import { collect } from '../rendering/collect.ts';

interface Options extends ConnectionOptions {
  readonly project?: string;
  readonly changeKind: readonly string[];
  readonly why?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `npx towpath environment apply`: the server's environments become those of towpath.yaml. */
export function registerEnvironmentApply(environment: Command, context: CommandContext): void {
  const command = environment
    .command('apply')
    .description('Make the environments of the server be as towpath.yaml declares them: all of it or nothing.')
    .option('--project <folder>', 'project to read (default: the one around this folder)')
    .option('--change-kind <name>', 'environment whose kind may change; repeatable', collect, [])
    .option('--why <text>', 'reason; kept in the audit')
    .option('--dry-run', 'say what would change, and change nothing')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nNeeds a token of role administrator.\n\nExample:\n  npx towpath environment apply --dry-run',
    );
  addConnectionOptions(command).action(async (options: Options) => {
    const project = getProject(options.project ?? context.cwd);
    const { changes } = await connect(context, options).call(ApplyEnvironments, {
      body: {
        project: project.name,
        environments: listEnvironments(project).map(({ declared }) => declared),
        isWhole: true,
        kindChanges: [...options.changeKind],
        isDryRun: options.dryRun ?? false,
        why: options.why,
      },
    });
    context.out(options.json ? `${JSON.stringify({ changes }, null, 2)}\n` : formatChanges(changes, options));
  });
}

function formatChanges(changes: readonly EnvironmentChangeView[], { dryRun }: Options): string {
  const lines = changes.map(({ name, change, kindBefore }) =>
    kindBefore === undefined ? `${name}: ${change}` : `${name}: ${change}, was of kind ${kindBefore}`,
  );
  const end = dryRun ? 'Nothing was changed: this was a dry run.' : 'Applied.';
  return `${[...lines, end].join('\n')}\n`;
}
