import { resolve } from 'node:path';
import { getProject, type Project, resolveConfiguration, type Selection, selectEnvironment } from '@towpath/config';
import { type ResolvedConfiguration, TowpathError } from '@towpath/core';
import type { Command } from 'commander';
import { suggestName } from '../connection/suggest-name.ts';
import type { CommandContext } from '../context.ts';
import { describeHere } from '../project/describe-here.ts';

/** What every command about one environment's configuration takes. */
export interface ConfigurationOptions {
  readonly project?: string;
  readonly environment?: string;
  readonly set?: readonly string[];
  readonly allowContradiction?: string;
  readonly json?: boolean;
}

/** Adds the options; those of a command group are read with `optsWithGlobals`. */
export function addConfigurationOptions(command: Command): Command {
  return command
    .option('--project <folder>', 'project to read (default: the one around this folder)')
    .option('--environment <name>', 'environment (default: ENVIRONMENT, then DBT_TARGET, then defaultEnvironment)')
    .option('--set <name=value>', 'a value above all others; may be given several times', collect, [])
    .option('--allow-contradiction <reason>', 'go on although DBT_TARGET or another name contradicts the environment')
    .option('--json', 'print JSON');
}

/** The selected environment of a project with its values. */
export interface SelectedConfiguration {
  readonly project: Project;
  readonly selection: Selection;
  readonly configuration: ResolvedConfiguration;
}

/**
 * Reads the project, selects and resolves; a banner goes to standard error. Problems are in the configuration.
 *
 * @throws TowpathError of the project file and of the selection, `FLAG_INVALID`
 */
export function resolveSelected(context: CommandContext, options: ConfigurationOptions): SelectedConfiguration {
  const project = getProject(resolve(context.cwd, options.project ?? '.'));
  const selection = selectEnvironment(project.declaration, {
    flag: options.environment,
    processVariables: context.env,
    allowContradiction: options.allowContradiction,
  });
  if (selection.banner !== undefined) context.err(`${selection.banner}\n`);
  for (const { variable, given, derived } of selection.contradictions) {
    context.err(`${variable}=${given} contradicts ${derived}; allowed: ${options.allowContradiction}\n`);
  }
  const { environment } = selection;
  const flags = parseFlags(options.set ?? [], project);
  return {
    project,
    selection,
    configuration: resolveConfiguration({
      project,
      environment,
      flags,
      processVariables: context.env,
      ...describeHere(context, project, environment),
    }),
  };
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function parseFlags(texts: readonly string[], { declaration }: Project): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      const name = text.slice(0, Math.max(at, 0));
      if (at > 0 && declaration.variables.has(name)) return [name, text.slice(at + 1)];
      throw new TowpathError({
        code: 'FLAG_INVALID',
        message: at > 0 ? `towpath.yaml declares no variable ${name}.` : '--set takes NAME=value.',
        fix:
          (at > 0 ? suggestName(name, [...declaration.variables.keys()]) : undefined) ??
          'npx towpath config explain lists the variables.',
      });
    }),
  );
}
