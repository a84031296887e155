import { resolve } from 'node:path';
import { getProject, ProjectFileError, validateAll } from '@towpath/config';
import { type ConfigProblem, TowpathError } from '@towpath/core';
import {
  addConfigurationOptions,
  type ConfigurationOptions,
  resolveSelected,
} from '../configuration/configuration-options.ts';
import { EXIT_CONFIGURATION, formatNotes, formatProblems } from '../configuration/format-problems.ts';
import type { CommandContext } from '../context.ts';
import { describeHere } from '../project/describe-here.ts';
import type { RegisterCommand } from './register-command.ts';

type Options = ConfigurationOptions & { readonly all?: boolean; readonly allowMissingFiles?: boolean };

/** `towpath config validate`: all problems together, of one environment or of all against each other. Exit code 78. */
export const registerConfigValidate: RegisterCommand = (program, context, exitWith) => {
  const validate = program
    .command('validate')
    .description(
      'Check the configuration of an environment, or of all. Needs no secrets; exit code 78 when something is wrong.',
    )
    .option('--all', 'every environment, and all against each other')
    .option('--allow-missing-files', 'with --all: judge only what is known where config/.env.<environment> is not here')
    .addHelpText('after', '\nExample:\n  npx towpath config validate --all');
  addConfigurationOptions(validate).action((options: Options) => {
    const { names, problems, notes } = findProblems(context, options);
    if (options.json) context.out(`${JSON.stringify({ environments: names, problems, notes }, null, 2)}\n`);
    else {
      const verdict = problems.length > 0 ? formatProblems(problems) : `${names.join(', ')}: no problem.\n`;
      context.out(`${formatNotes(notes)}${verdict}`);
    }
    exitWith(problems.length > 0 ? EXIT_CONFIGURATION : 0);
  });
};

interface Findings {
  readonly names: readonly string[];
  readonly problems: readonly ConfigProblem[];
  readonly notes: readonly ConfigProblem[];
}

// What is wrong with the file itself is told like everything else.
function findProblems(context: CommandContext, options: Options): Findings {
  try {
    return options.all ? validateEvery(context, options) : validateOne(context, options);
  } catch (thrown) {
    if (thrown instanceof ProjectFileError) return { names: [], problems: thrown.problems, notes: [] };
    // Who reads JSON gets JSON, also when no environment could be selected.
    if (options.json && thrown instanceof TowpathError) return { names: [], problems: [toProblem(thrown)], notes: [] };
    throw thrown;
  }
}

function toProblem({ code, message, reason, fix = '' }: TowpathError): ConfigProblem {
  const text = [message, reason].filter(Boolean).join(' ');
  return { code, rule: 'selection', environment: '', expected: '', message: text, fix, docs: SELECTION_PAGE };
}

const SELECTION_PAGE = 'reference/configuration.md#which-environment';

function validateOne(context: CommandContext, options: Options): Findings {
  const { configuration } = resolveSelected(context, options);
  const { environment, problems, notes } = configuration;
  return { names: [environment.name], problems, notes };
}

function validateEvery(context: CommandContext, { project = '.', allowMissingFiles }: Options): Findings {
  const read = getProject(resolve(context.cwd, project));
  const { configurations, ...found } = validateAll(read, {
    missingFile: allowMissingFiles ? 'unknown' : 'problem',
    describe: (environment) => describeHere(context, read, environment),
  });
  return { names: configurations.map(({ environment }) => environment.name), ...found };
}
