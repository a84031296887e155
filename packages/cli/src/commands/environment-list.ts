import { resolve } from 'node:path';
import { getProject } from '@towpath/config';
import { type EnvironmentDeclaration, formatDeclaredExecutor } from '@towpath/core';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { formatTable } from '../rendering/table.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
}

/** `npx towpath environment list`: what the project declares. */
export function registerEnvironmentList(environment: Command, context: CommandContext): void {
  environment
    .command('list')
    .description(
      'List the environments of the project in the order of promotion, with the names that follow from them.',
    )
    .option('--project <folder>', 'project to read (default: the one around this folder)')
    .option('--json', 'print JSON')
    .action((options: Options) => {
      const { declaration } = getProject(resolve(context.cwd, options.project ?? '.'));
      const all = [...declaration.environments.values()];
      context.out(
        options.json
          ? `${JSON.stringify(all.map(toView), null, 2)}\n`
          : formatList(all, declaration.defaultEnvironment),
      );
    });
}

function toView({
  name,
  kind,
  executor,
  registry,
  namespace,
  stack,
  dbtTarget,
  zones,
  sizing,
  owns,
}: EnvironmentDeclaration) {
  return {
    name,
    kind,
    executor: formatDeclaredExecutor(executor),
    registry: registry ?? null,
    namespace,
    stack,
    dbtTarget,
    zones: Object.fromEntries(zones),
    sizing,
    owns,
  };
}

function formatList(all: readonly EnvironmentDeclaration[], selected: string | undefined): string {
  const rows = all.map(({ name, kind, executor, namespace, stack, dbtTarget, registry, zones }) => [
    name === selected ? `${name} (default)` : name,
    kind,
    formatDeclaredExecutor(executor),
    namespace,
    stack,
    dbtTarget,
    registry ?? '-',
    [...zones.values()].join(' '),
  ]);
  return formatTable(
    ['ENVIRONMENT', 'KIND', 'EXECUTOR', 'NAMESPACE', 'STACK', 'DBT TARGET', 'REGISTRY', 'ZONES'],
    rows,
  );
}
