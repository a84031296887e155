import {
  describeValue,
  findNearest,
  formatPlace,
  type OverriddenValue,
  type ResolvedValue,
  TowpathError,
  type VariableDeclaration,
} from '@towpath/core';
import {
  addConfigurationOptions,
  type ConfigurationOptions,
  resolveSelected,
  type SelectedConfiguration,
} from '../configuration/configuration-options.ts';
import { EXIT_CONFIGURATION, formatNotes, formatProblems } from '../configuration/format-problems.ts';
import { formatTable } from '../rendering/table.ts';
import type { RegisterCommand } from './register-command.ts';

type Options = ConfigurationOptions & { readonly allSources?: boolean };

/** `towpath config explain`: every value of an environment, which source won, where it stands, which rules it met. */
export const registerConfigExplain: RegisterCommand = (program, context, exitWith) => {
  const explain = program
    .command('explain')
    .description(
      'Show the values of an environment: which source won, its place, the rules it met. Secrets are masked.',
    )
    .argument('[names...]', 'only these variables')
    .option('--all-sources', 'show also what the winner stands above')
    .addHelpText(
      'after',
      '\nExample:\n  npx towpath config explain --environment staging S3_BUCKET_PREFIX --all-sources',
    );
  addConfigurationOptions(explain).action((names: readonly string[], options: Options) => {
    const selected = resolveSelected(context, options);
    const values = pickValues(selected, names);
    const unset = pickUnset(selected, names);
    context.out(
      options.json
        ? formatJson(selected, values, unset)
        : formatText(selected, { values, unset, isLong: options.allSources === true }),
    );
    if (!options.json) context.err(formatNotes(selected.configuration.notes));
    if (!options.json && selected.configuration.problems.length > 0)
      context.err(`\n${formatProblems(selected.configuration.problems)}`);
    exitWith(selected.configuration.problems.length > 0 ? EXIT_CONFIGURATION : 0);
  });
};

function pickValues(
  { configuration, project }: SelectedConfiguration,
  names: readonly string[],
): readonly ResolvedValue[] {
  if (names.length === 0) return [...configuration.values.values()];
  return names.flatMap((name) => {
    const value = configuration.values.get(name);
    if (value === undefined && !project.declaration.variables.has(name))
      throw unknownVariable(name, [...configuration.values.keys(), ...project.declaration.variables.keys()]);
    return value === undefined ? [] : [value];
  });
}

/** Declared, and without a value: in the order of the file. */
function pickUnset(
  { configuration, project }: SelectedConfiguration,
  names: readonly string[],
): readonly VariableDeclaration[] {
  const isWanted = ({ name }: VariableDeclaration): boolean => names.length === 0 || names.includes(name);
  return [...project.declaration.variables.values()].filter(
    (variable) => isWanted(variable) && !configuration.values.has(variable.name),
  );
}

function unknownVariable(name: string, known: readonly string[]): TowpathError {
  const nearest = findNearest(name, known);
  return new TowpathError({
    code: 'VARIABLE_UNKNOWN',
    message: `There is no variable ${JSON.stringify(name)}.`,
    fix: nearest === undefined ? 'npx towpath config explain lists them.' : `Did you mean ${nearest}?`,
  });
}

interface ShownValues {
  readonly values: readonly ResolvedValue[];
  readonly unset: readonly VariableDeclaration[];
  readonly isLong: boolean;
}

function formatText(
  { selection, configuration }: SelectedConfiguration,
  { values, unset, isLong }: ShownValues,
): string {
  const unsetRows = unset.map((variable) => [variable.name, '', 'unset', formatWhere(variable), '']);
  const rows = values.flatMap((value) => [
    [value.name, describeValue(value), value.source, formatWhere(value), value.rules.join(', ')],
    ...(isLong
      ? value.overridden.map((other) => [
          '',
          describeOther(value, other),
          `not ${other.source}`,
          formatWhere(other),
          '',
        ])
      : []),
  ]);
  const head = `${selection.environment.name} (${selection.environment.kind}), selected by ${selection.decidedBy}; hash ${configuration.hash.slice(0, 12)}\n`;
  return `${head}${formatTable(['VARIABLE', 'VALUE', 'SOURCE', 'PLACE', 'RULES'], [...rows, ...unsetRows])}`;
}

function formatWhere({ place }: Pick<OverriddenValue, 'place'>): string {
  return place === undefined ? '' : formatPlace(place);
}

// Of a secret variable every layer is secret.
function describeOther({ type, isSecret }: ResolvedValue, { text }: OverriddenValue): string {
  return describeValue({ type, isSecret, text });
}

function formatJson(
  { selection, configuration }: SelectedConfiguration,
  values: readonly ResolvedValue[],
  unset: readonly VariableDeclaration[],
): string {
  const { environment, decidedBy } = selection;
  const shown = values.map((value) => {
    const { name, type, isSecret, secretReference, source, place, rules, overridden } = value;
    const others = overridden.map((other) => ({
      source: other.source,
      value: describeOther(value, other),
      place: other.place,
    }));
    return {
      name,
      value: describeValue(value),
      type,
      isSecret,
      secretReference,
      source,
      place,
      rules,
      overridden: others,
    };
  });
  const { hash, problems, notes } = configuration;
  return `${JSON.stringify({ environment: environment.name, kind: environment.kind, decidedBy, hash, values: shown, unset: unset.map(({ name }) => name), problems, notes }, null, 2)}\n`;
}
