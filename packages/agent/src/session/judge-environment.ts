// Whether this agent may serve an environment: as processes of its own user, or on somebody's machine, it may not serve any.
import { type EnvironmentKind, type ExecutorName, judgeLocalExecution, TowpathError } from '@towpath/core';

interface ServedEnvironment {
  readonly name: string;
  readonly kind: EnvironmentKind;
}

/** What runs its attempts. */
export interface ServingExecutor {
  readonly name: ExecutorName;
  /** The environment declares it. */
  readonly isDeclared: boolean;
}

/**
 * Containers where the environment declares them are apart from the agent, and meant by its operators. Everything else is somebody's
 * machine.
 *
 * Returns the banner to show, or undefined when there is nothing to say.
 *
 * @throws TowpathError `AGAINST_SHARED_MISSING`, `EXECUTOR_REFUSED`
 */
export function requireServable(
  environment: ServedEnvironment,
  { isAgainstShared, executor }: { readonly isAgainstShared: boolean; readonly executor: ServingExecutor | undefined },
): string | undefined {
  if (executor !== undefined && executor.name !== 'process' && executor.isDeclared) return undefined;
  switch (judgeLocalExecution(environment.kind, isAgainstShared)) {
    case 'allowed':
      return undefined;
    case 'banner':
      return formatBanner(environment);
    case 'needs-flag':
      throw flagMissing(environment);
    case 'refused':
      throw executorRefused(environment);
  }
}

/** An agent's values are of one environment. @throws TowpathError `ENVIRONMENT_MISMATCH` */
export function requireExpected({ name }: Pick<ServedEnvironment, 'name'>, expected: string | undefined): void {
  if (expected === undefined || expected === name) return;
  throw new TowpathError({
    code: 'ENVIRONMENT_MISMATCH',
    message: `This agent has the values of ${expected}, but its credential is of ${name}.`,
    cause: 'The environment of an agent follows from its credential; its attempts would get the values of another one.',
    fix: `Set ENVIRONMENT=${name}, or use a token of ${expected}.`,
  });
}

function formatBanner({ name }: ServedEnvironment): string {
  const lines = [
    `[${name.toUpperCase()}] AGAINST SHARED`,
    `Attempts run on this machine, with the data and the secrets of ${name}, which others use.`,
    'They can read the credential of this agent and the data of each other.',
  ];
  const width = Math.max(...lines.map((line) => line.length)) + 4;
  return ['#'.repeat(width), ...lines.map((line) => `# ${line.padEnd(width - 4)} #`), '#'.repeat(width)].join('\n');
}

function flagMissing({ name }: ServedEnvironment): TowpathError {
  return new TowpathError({
    code: 'AGAINST_SHARED_MISSING',
    message: `[${name.toUpperCase()}] This agent does not serve ${name}, a shared environment, without being told so.`,
    cause: 'It runs attempts as its own user on this machine, with data that others use.',
    fix: 'If it is meant, start it with `--against-shared`.',
  });
}

function executorRefused({ name, kind }: ServedEnvironment): TowpathError {
  return new TowpathError({
    code: 'EXECUTOR_REFUSED',
    message: `[${name.toUpperCase()}] This agent can't serve ${name}, which is a ${kind} environment.`,
    cause: 'It runs attempts as its own user, so they could read its credential and the data of each other.',
    fix: `Declare \`executor: docker\` or \`kubernetes\` under \`environments.${name}\` of towpath.yaml, so that attempts run in containers (docs/reference/executors.md). Nothing permits processes there, \`--against-shared\` neither.`,
  });
}
