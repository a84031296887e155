// From a grant to what an executor starts: the environment of an attempt, variable by variable.
import { delimiter, join } from 'node:path';
import type { AttemptGrant } from '@towpath/api';
import { type ErrorFacts, isDerivedVariable, parseSecretReference, type SecretReference } from '@towpath/core';
import type { InstalledDatakit } from '@towpath/datakit';
import type { AttemptSpecification, AttemptWork } from '../executors/executor.ts';
import type { AttemptLimits } from './attempt-limits.ts';
import { findMisfit, toRequests } from './find-misfit.ts';

/** What is the same for all attempts of this agent. */
export interface AgentFacts {
  readonly environment: string;
  readonly version: string;
  readonly limits: AttemptLimits;
  /** The executor ends what needs more memory. */
  readonly endsForMemory: boolean;
  /** Attempts that this agent runs at a time. */
  readonly workers: number;
  /** Folder of the node executable: commands are often scripts that need one. */
  readonly nodeFolder: string;
  /** Files of the bundle the grant names; not read for a datakit. */
  readonly bundleFolder: string;
  /** Resolved configuration of the environment. An attempt gets what its datakit declares, or its function names, and derived names. */
  readonly configuration: Readonly<Record<string, string>>;
  /** Names in it whose text is a secret. */
  readonly secretNames: ReadonlySet<string>;
  /** The agent's own environment, of which only what every program needs is passed on. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
}

/** A specification, with the reason why it can't be started if there is one. */
export interface PlannedAttempt {
  readonly specification: AttemptSpecification;
  readonly problem: ErrorFacts | undefined;
  /** Variables whose text is a reference still, because the environment's configuration says so; a task can't name secrets. */
  readonly references: ReadonlyMap<string, SecretReference>;
  /** Targets that the datakit names besides those its variables tell of. */
  readonly targets: readonly string[];
}

/**
 * Plans an attempt. Later wins: inherited, declared configuration, the task's own variables, names that follow from the
 * environment, the platform's. These come last, since a task that says `ENVIRONMENT=prod` for itself would only deceive its own
 * code.
 */
export function planAttempt(
  grant: AttemptGrant,
  facts: AgentFacts,
  datakits: readonly InstalledDatakit[],
): PlannedAttempt {
  const datakit = findDatakit(grant.datakit, datakits);
  const names = grant.function?.configuration ?? datakit?.environment.map(({ name }) => name) ?? [];
  const configured = pickConfiguration(facts, names);
  const own = grant.environmentVariables;
  const derived = pickConfiguration(facts, Object.keys(facts.configuration).filter(isDerivedVariable));
  const stronger = { ...own, ...derived, ...platformVariables(grant, facts) };
  const environmentVariables = { ...configured, ...stronger };
  const hostVariables = pickInherited(facts, datakit);
  const { attemptId, epoch, specHash, timeoutSeconds, parameters } = grant;
  const specification = {
    ...{ attemptId, epoch, specHash, timeoutSeconds, environmentVariables, hostVariables, parameters },
    secretNames: facts.secretNames,
    work: toWork(grant, facts, datakit),
    inputs: grant.inputs ?? {},
    firstLine: formatFirstLine(grant, facts),
    requests: datakit && toRequests(datakit),
    imageDigest: grant.datakit?.digest ?? undefined,
  };
  const problem = findDatakitProblem(grant, facts, datakits) ?? findMissing(grant, environmentVariables, datakit);
  const references = findReferences(configured, stronger);
  return { specification, problem, references, targets: datakit?.targets ?? [] };
}

function findReferences(
  configured: Readonly<Record<string, string>>,
  stronger: Readonly<Record<string, string>>,
): ReadonlyMap<string, SecretReference> {
  const found = Object.entries(configured).flatMap(([name, text]): [string, SecretReference][] => {
    const reference = name in stronger ? undefined : parseSecretReference(text);
    return reference === undefined ? [] : [[name, reference]];
  });
  return new Map(found);
}

function toWork(
  { argv, taskId, function: place }: AttemptGrant,
  { bundleFolder }: AgentFacts,
  datakit: InstalledDatakit | undefined,
): AttemptWork {
  if (place === null) return { kind: 'command', argv, entry: datakit?.image?.entry };
  const { bundle: bundleHash, module, export: exportName } = place;
  return { kind: 'function', bundleHash, bundleFolder, module, export: exportName, taskId };
}

function findDatakitProblem(
  { datakit: wanted }: AttemptGrant,
  facts: AgentFacts,
  datakits: readonly InstalledDatakit[],
): ErrorFacts | undefined {
  if (wanted === null) return undefined;
  const datakit = findDatakit(wanted, datakits);
  return datakit === undefined ? datakitUnknown(wanted, datakits) : findMisfit(datakit, facts);
}

function findDatakit(wanted: AttemptGrant['datakit'], datakits: readonly InstalledDatakit[]) {
  return datakits.find(({ name, version }) => name === wanted?.name && version === wanted.version);
}

function findMissing(
  grant: AttemptGrant,
  variables: Readonly<Record<string, string>>,
  datakit: InstalledDatakit | undefined,
): ErrorFacts | undefined {
  return datakit === undefined ? findMissingConfiguration(grant, variables) : findMissingVariables(datakit, variables);
}

/** One line that tells a log's reader all about where it came from. */
function formatFirstLine(grant: AttemptGrant, { environment, version }: AgentFacts): string {
  const { datakit, function: place, runId, taskId, attemptNumber } = grant;
  const what =
    place === null
      ? [`datakit=${datakit?.name}`, `version=${datakit?.version}`]
      : [`function=${place.module}#${taskId}`];
  const words = [
    `[${environment.toUpperCase()}]`,
    ...what,
    `platform=${version}`,
    `environment=${environment}`,
    `run=${runId}`,
    `task=${taskId}`,
    `attempt=${attemptNumber}`,
  ];
  return words.join(' ');
}

function pickInherited(
  { inherited, nodeFolder }: AgentFacts,
  datakit: InstalledDatakit | undefined,
): Record<string, string> {
  const path = [datakit?.executableFolder, nodeFolder, inherited.PATH].filter(Boolean).join(delimiter);
  return keepDefined({ PATH: path, HOME: inherited.HOME, LANG: inherited.LANG ?? 'C.UTF-8', TZ: inherited.TZ });
}

function pickConfiguration({ configuration }: AgentFacts, names: readonly string[]): Record<string, string> {
  return keepDefined(Object.fromEntries(names.map((name) => [name, configuration[name]])));
}

function platformVariables(grant: AttemptGrant, facts: AgentFacts): Record<string, string> {
  return {
    ENVIRONMENT: facts.environment,
    TOWPATH_RUN_ID: grant.runId,
    TOWPATH_RUN_NAME: grant.runName,
    // An older server tells no instant.
    ...keepDefined({
      TOWPATH_LOGICAL_TIME: grant.logicalAt ?? undefined,
      TOWPATH_LOGICAL_DATE: grant.logicalDate ?? undefined,
    }),
    TOWPATH_TASK_ID: grant.taskId,
    TOWPATH_ATTEMPT: String(grant.attemptNumber),
    TOWPATH_ATTEMPT_ID: grant.attemptId,
    TOWPATH_PLATFORM_VERSION: facts.version,
    TOWPATH_WORKERS: String(facts.workers),
    ...keepDefined({
      TOWPATH_CPU: facts.limits.cpu?.toString(),
      TOWPATH_MEMORY_MIB: facts.limits.memoryMiB?.toString(),
    }),
    ...(grant.datakit && { DATAKIT_NAME: grant.datakit.name, DATAKIT_VERSION: grant.datakit.version }),
  };
}

function keepDefined(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function datakitUnknown(
  wanted: NonNullable<AttemptGrant['datakit']>,
  datakits: readonly InstalledDatakit[],
): ErrorFacts {
  const installed = datakits.map(({ name, version }) => `${name} ${version}`).join(', ');
  return {
    code: 'DATAKIT_UNKNOWN',
    message: `Datakit ${wanted.name} ${wanted.version} is not installed here.`,
    cause: `Installed: ${installed || 'none'}.`,
    fix: 'Correct name and version in the pipeline, or put it into datakits/<name>/datakit.yaml of the project, and start the agent again: it looks there, and at what comes with Towpath, when it starts.',
  };
}

function findMissingConfiguration(
  { taskId, function: place }: AttemptGrant,
  variables: Readonly<Record<string, string>>,
): ErrorFacts | undefined {
  const missing = place?.configuration.filter((name) => variables[name] === undefined) ?? [];
  if (missing.length === 0) return undefined;
  return {
    code: 'FUNCTION_VARIABLE_MISSING',
    message: `Task ${taskId} needs variables that this environment does not have.`,
    cause: `Missing: ${missing.join(', ')}.`,
    fix: "Set them in the environment's configuration, or take them from the task's `configuration`.",
  };
}

function findMissingVariables(
  datakit: InstalledDatakit,
  variables: Readonly<Record<string, string>>,
): ErrorFacts | undefined {
  const missing = datakit.environment.filter(({ name, required }) => required && variables[name] === undefined);
  if (missing.length === 0) return undefined;
  const list = missing.map(({ name, description }) => (description ? `${name} (${description})` : name)).join(', ');
  return {
    code: 'DATAKIT_VARIABLE_MISSING',
    message: `Datakit ${datakit.name} needs variables that this environment does not have.`,
    cause: `Missing: ${list}.`,
    fix: `Set them in the environment's configuration; ${join(datakit.folder, 'datakit.yaml')} lists all of them.`,
  };
}
