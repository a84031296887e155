import { type AgentTarget, createTarget, openEnvironmentSecrets } from '@towpath/agent';
import { assertUsable, type ConfigurationInputs, getProject, resolveConfiguration } from '@towpath/config';
import {
  type ConfigProblem,
  type EnvironmentDeclaration,
  findNearest,
  formatEnvironmentTag,
  isSecretReference,
  type LateText,
  type ProjectDeclaration,
  type ResolvedConfiguration,
  type TargetDeclaration,
  type TargetMarker,
  TowpathError,
  variablePrefixOf,
} from '@towpath/core';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { getOperatorName } from '../instance/operator-name.ts';
import { createTextCheck } from '../project/check-text.ts';
import { describeSecrets } from '../project/describe-secrets.ts';
import { tellReads } from '../project/tell-reads.ts';
import { toAgentTarget } from '../project/to-agent-target.ts';

interface Options {
  readonly environment?: string;
  readonly project?: string;
  readonly json?: boolean;
}

/** `npx towpath environment claim`: sets the marker of a target, once. It goes to the target itself, not to the server. */
export function registerEnvironmentClaim(environment: Command, context: CommandContext): void {
  environment
    .command('claim')
    .description('Mark a target as belonging to an environment, before its first write. A marker is never changed.')
    .argument('<target>', 'its name in towpath.yaml')
    .option('--environment <name>', 'environment it belongs to (default: ENVIRONMENT)')
    .option('--project <folder>', 'project to read (default: the one around this folder)')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath environment claim bronze --environment int')
    .action(async (name: string, options: Options) => {
      const project = getProject(options.project ?? context.cwd);
      const declared = getEnvironment(project.declaration, options.environment ?? context.env.ENVIRONMENT);
      const inputs = { project, environment: declared, processVariables: context.env, missingFile: 'none' } as const;
      const target = getTarget(inputs, name);
      createTextCheck(inputs)(listTexts(context, target));
      const wanted = { environment: declared.name, kind: declared.kind };
      const { store, standing } = await claim(context, { target, wanted, inputs });
      if (standing.environment !== wanted.environment || standing.kind !== wanted.kind)
        throw claimedAlready(wanted, name, standing);
      const facts = { target: name, place: store.place, ...standing };
      context.out(
        options.json
          ? `${JSON.stringify(facts, null, 2)}\n`
          : `${formatEnvironmentTag(declared.name)} ${name} (${store.place}) belongs to ${standing.environment}.\n`,
      );
    });
}

interface ClaimRequest {
  readonly target: AgentTarget;
  readonly wanted: TargetMarker;
  readonly inputs: ConfigurationInputs;
}

async function claim(context: CommandContext, { target, wanted, inputs }: ClaimRequest) {
  const log = (line: string): void => context.err(`${line}\n`);
  const reads = tellReads({ environment: wanted.environment, variables: context.env, log });
  const secrets = openEnvironmentSecrets(describeSecrets(inputs), reads);
  try {
    const store = await createTarget(target, definedOnly(context.env), secrets.resolveText);
    return { store, standing: await store.claim(wanted, getOperatorName()) };
  } finally {
    secrets.close();
  }
}

/** Variables of this process that stand above the declaration of the target. */
function listTexts({ env }: CommandContext, { name }: AgentTarget): readonly LateText[] {
  const own = Object.entries(definedOnly(env)).filter(
    ([variable, text]) => variable.startsWith(variablePrefixOf(name)) && !isSecretReference(text),
  );
  return own.map(([variable, text]) => ({ name: variable, text, isSecret: true }));
}

function getEnvironment({ environments }: ProjectDeclaration, name: string | undefined): EnvironmentDeclaration {
  const found = name === undefined ? undefined : environments.get(name);
  if (found) return found;
  const known = [...environments.keys()];
  const nearest = name === undefined ? undefined : findNearest(name, known);
  throw new TowpathError({
    code: 'ENVIRONMENT_UNKNOWN',
    message:
      name === undefined ? 'Which environment?' : `towpath.yaml declares no environment ${JSON.stringify(name)}.`,
    cause: `It declares: ${known.join(', ') || 'none'}.`,
    fix: nearest
      ? `Did you mean ${nearest}?`
      : 'Name one with --environment. A target is claimed for good, so none is taken by default.',
  });
}

/** Placeholders need the environment's values; a target without any is what it says, and so are others than this. */
function getTarget(inputs: ConfigurationInputs, name: string): AgentTarget {
  const { environment, project } = inputs;
  const declared = environment.targets.get(name);
  if (declared === undefined) throw targetUnknown(environment, name);
  const resolved = resolveConfiguration(inputs);
  const problems = resolved.problems.filter(({ variable = '' }) => `${variable}.`.startsWith(`targets.${name}.`));
  // Whose it is counts whatever else is wrong.
  assertUsable({ ...resolved, problems: problems.filter(({ code }) => code === 'RESOURCE_OWNED_BY_OTHER') });
  const needsValues = declared.when !== undefined || JSON.stringify(declared).includes('${');
  const target = needsValues ? pickTarget({ ...inputs, resolved, problems }, name) : declared;
  return toAgentTarget({ folder: project.folder, environment: environment.name }, name, target);
}

interface ResolvedInputs extends ConfigurationInputs {
  readonly resolved: ResolvedConfiguration;
  /** Those of the target. */
  readonly problems: readonly ConfigProblem[];
}

function pickTarget({ resolved, problems, ...inputs }: ResolvedInputs, name: string): TargetDeclaration {
  const target = resolved.targets.get(name);
  if (target === undefined) assertUsable(resolved);
  assertUsable({ ...resolved, problems });
  if (target !== undefined) return target;
  throw new TowpathError({
    code: 'TARGET_UNKNOWN',
    message: `${formatEnvironmentTag(inputs.environment.name)} has no target ${JSON.stringify(name)} with its values of now.`,
    cause: `It is there only where its \`when\` holds: ${inputs.environment.targets.get(name)?.when}.`,
    fix: 'Give the command the values that the agent will have.',
  });
}

function targetUnknown({ name: environment, targets }: EnvironmentDeclaration, name: string): TowpathError {
  const known = [...targets.keys()];
  const nearest = findNearest(name, known);
  return new TowpathError({
    code: 'TARGET_UNKNOWN',
    message: `${formatEnvironmentTag(environment)} has no target ${JSON.stringify(name)}.`,
    cause: `towpath.yaml declares: ${known.join(', ') || 'none'}.`,
    fix: nearest
      ? `Did you mean ${nearest}?`
      : `Declare it under environments.${environment}.targets, or name one of those.`,
  });
}

function claimedAlready({ environment }: TargetMarker, target: string, standing: TargetMarker): TowpathError {
  return new TowpathError({
    code: 'TARGET_CLAIMED_BY_OTHER',
    message: `${formatEnvironmentTag(environment)} Target ${target} belongs to ${standing.environment} (${standing.kind}).`,
    cause: 'It was claimed before, and a marker is never changed by a command.',
    fix: 'Choose another target. If the marker is wrong, an owner of the target removes it by hand.',
  });
}

function definedOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
