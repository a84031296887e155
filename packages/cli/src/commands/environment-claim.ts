import { type AgentTarget, createTarget, openEnvironmentSecrets } from '@towpath/agent';
import {
  assertUsable,
  type ConfigurationInputs,
  getProject,
  type Project,
  resolveConfiguration,
} from '@towpath/config';
import {
  formatEnvironmentTag,
  isSecretReference,
  type LateText,
  type TargetMarker,
  TowpathError,
  variablePrefixOf,
} from '@towpath/core';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { getOperatorName } from '../instance/operator-name.ts';
import { createTextCheck } from '../project/check-text.ts';
import { describeSecrets } from '../project/describe-secrets.ts';
import { listEnvironments, type ProjectEnvironment } from '../project/project-environments.ts';
import { tellReads } from '../project/tell-reads.ts';

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
      const environments = listEnvironments(project);
      const found = getEnvironment(environments, options.environment ?? context.env.ENVIRONMENT);
      const { declared } = found;
      const inputs = describeInputs(context, project, declared.name);
      const targets = listTargets(found, inputs, name);
      const target = getTarget(declared.name, targets, name);
      if (inputs) createTextCheck(inputs)(listTexts(context, target));
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
  readonly inputs: ConfigurationInputs | undefined;
}

async function claim(context: CommandContext, { target, wanted, inputs }: ClaimRequest) {
  const log = (line: string): void => context.err(`${line}\n`);
  const reads = tellReads({ environment: wanted.environment, variables: context.env, log });
  const secrets = openEnvironmentSecrets(inputs && describeSecrets(inputs), reads);
  try {
    const store = await createTarget(target, definedOnly(context.env), secrets.resolveText);
    return { store, standing: await store.claim(wanted, getOperatorName()) };
  } finally {
    secrets.close();
  }
}

/** Undefined: the project declares no environments, and so no values either. */
function describeInputs(context: CommandContext, project: Project, name: string): ConfigurationInputs | undefined {
  const environment = project.declaration.environments.get(name);
  return environment && { project, environment, processVariables: context.env, missingFile: 'none' };
}

/** Placeholders need the environment's values; a target without any is what it says, whatever else is wrong. */
function listTargets(
  { toAgent }: ProjectEnvironment,
  inputs: ConfigurationInputs | undefined,
  name: string,
): readonly AgentTarget[] {
  const target = inputs?.environment.targets.get(name);
  if (inputs === undefined || target === undefined) return toAgent().targets;
  const resolved = resolveConfiguration(inputs);
  const problems = resolved.problems.filter(({ variable = '' }) => `${variable}.`.startsWith(`targets.${name}.`));
  assertUsable({ ...resolved, problems: problems.filter(({ code }) => code === 'RESOURCE_OWNED_BY_OTHER') });
  if (!JSON.stringify(target).includes('${')) return toAgent().targets;
  assertUsable({ ...resolved, problems });
  if (!resolved.targets.has(name)) assertUsable(resolved);
  return toAgent(resolved).targets;
}

/** Variables of this process that stand above the declaration of the target. */
function listTexts({ env }: CommandContext, { name }: AgentTarget): readonly LateText[] {
  const own = Object.entries(definedOnly(env)).filter(
    ([variable, text]) => variable.startsWith(variablePrefixOf(name)) && !isSecretReference(text),
  );
  return own.map(([variable, text]) => ({ name: variable, text, isSecret: true }));
}

function getEnvironment(environments: readonly ProjectEnvironment[], name: string | undefined): ProjectEnvironment {
  const found = environments.find(({ declared }) => declared.name === name);
  if (found) return found;
  const names = environments.map(({ declared }) => declared.name).join(', ');
  throw new TowpathError({
    code: 'ENVIRONMENT_UNKNOWN',
    message:
      name === undefined ? 'Which environment?' : `towpath.yaml declares no environment ${JSON.stringify(name)}.`,
    cause: `It declares: ${names || 'none'}.`,
    fix: 'Name one with --environment. A target is claimed for good, so none is taken by default.',
  });
}

function getTarget(environment: string, targets: readonly AgentTarget[], name: string): AgentTarget {
  const found = targets.find((target) => target.name === name);
  if (found) return found;
  throw new TowpathError({
    code: 'TARGET_UNKNOWN',
    message: `${formatEnvironmentTag(environment)} has no target ${JSON.stringify(name)}.`,
    cause: `towpath.yaml declares: ${targets.map((target) => target.name).join(', ') || 'none'}.`,
    fix: `Declare it under environments.${environment}.targets, or name one of those.`,
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
