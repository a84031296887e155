import { basename, resolve } from 'node:path';
import { TowpathError } from '@towpath/core';
import type { CommandContext } from '../context.ts';
import { toProjectName } from '../init/project-name.ts';
import type { FileChange, MigrationPlan } from '../migrate/migration.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options {
  readonly environments?: string;
  readonly name?: string;
  readonly apply?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `npx towpath migrate`: environments for a repository that has none, as a diff; --apply writes it. */
export const registerMigrate: RegisterCommand = (program, context) => {
  program
    .command('migrate')
    .description(
      'Give an existing repository environments: config folder, ignore rule, variables for what is hard-coded, workflows, tests. Prints a diff; the report goes to standard error.',
    )
    .argument('[folder]', 'the repository', '.')
    .option('--environments <names>', 'in the order of promotion, separated by commas (default: as found)')
    .option('--name <name>', "name of the project (default: the folder's name)")
    .option('--apply', 'write the changes')
    .option('--force', 'with --apply, change files too that have changes which are not committed')
    .option('--json', 'print changes and findings as JSON')
    .addHelpText('after', '\nExample:\n  npx towpath migrate > migration.diff')
    .action((folder: string, options: Options) => migrate(context, resolve(context.cwd, folder), options));
};

async function migrate(context: CommandContext, folder: string, options: Options): Promise<void> {
  const { planMigration } = await import('../migrate/plan-migration.ts');
  const { listModified, readRepository, writeChanges } = await import('../migrate/repository.ts');
  const plan = planMigration(readRepository(folder), {
    projectName: toProjectName(options.name ?? basename(folder)),
    environments: parseEnvironments(options.environments),
  });
  if (options.apply) {
    const modified = options.force ? [] : listModified(folder, plan.changes);
    if (modified.length > 0) throw filesModified(modified);
    writeChanges(folder, plan.changes);
  }
  await print(context, plan, options);
}

async function print(context: CommandContext, plan: MigrationPlan, options: Options): Promise<void> {
  const { formatDiff, formatReport } = await import('../migrate/format-migration.ts');
  if (options.json) {
    const { changes, ...found } = plan;
    const isApplied = options.apply === true;
    return context.out(
      `${JSON.stringify({ isApplied, ...found, changes: changes.map(toJson), diff: formatDiff(changes) }, null, 2)}\n`,
    );
  }
  if (!options.apply) context.out(formatDiff(plan.changes));
  context.err(`${formatReport(plan)}${formatNext(plan.changes, options)}`);
}

function toJson({ path, before }: FileChange): { readonly path: string; readonly isNew: boolean } {
  return { path, isNew: before === undefined };
}

function formatNext(changes: readonly FileChange[], { apply }: Options): string {
  if (changes.length === 0) return '\nNothing to change.\n';
  const files = changes.length === 1 ? '1 file' : `${changes.length} files`;
  if (!apply) return `\n${files} would change; nothing was written. Write them with: npx towpath migrate --apply\n`;
  return `\n${files} written. Look at them with git diff, then: npx towpath config validate --all\n`;
}

function parseEnvironments(text: string | undefined): readonly string[] {
  const names = (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const wrong = names.find((name) => !/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(name));
  if (wrong === undefined) return names;
  throw new TowpathError({
    code: 'ENVIRONMENT_NAME_INVALID',
    message: `An environment can't be named ${JSON.stringify(wrong.slice(0, 100))}.`,
    fix: 'Use 1 to 63 letters, digits and . _ - , with a letter or digit at both ends.',
  });
}

function filesModified(paths: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'MIGRATE_FILES_MODIFIED',
    message: 'Nothing was written: some of the files have changes that are not committed.',
    cause: `Git says so of ${paths.join(', ')}.`,
    fix: 'Commit or stash them first, or give --force; without --apply the changes are only shown.',
  });
}
