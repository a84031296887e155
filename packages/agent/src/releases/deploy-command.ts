// Where a release needs more than its code: a command of the environment's own brings it in, before the agent says that it has it. It
// runs once for a release and agent; after a crash again, so it has to stand that. One that makes a plan first applies that plan,
// once it was approved, and nothing else.
import { failpoint, type ReleasedDatakit, TowpathError } from '@towpath/core';
import type { Redactor } from '../secrets/redaction/create-redactor.ts';
import { type AcceptedPlan, namePlan, takeAcceptedPlan } from './deploy-plan-file.ts';
import { type HostCommand, runHostCommand } from './host-command.ts';
import { endLeft, type KeptCommand, type KeptName, writeKept } from './kept-command.ts';

/** What an environment declares of it. */
export interface DeployCommand {
  /** Program and words; no shell. `{plan}` in a word is the path of the plan file. */
  readonly command: readonly string[];
  /** Writes what `command` would do into the plan file. Absent: there is nothing to look at before. */
  readonly plan?: readonly string[] | undefined;
  readonly timeoutSeconds: number;
  /** All that it is given, besides what it is told of the release. */
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  /** Names of those that are secrets: they are taken out of what it prints. */
  readonly secretVariables?: readonly string[];
}

/** A release as the command is told of it. */
export interface DeployableRelease {
  readonly id: string;
  readonly version: string;
  readonly gitSha: string;
  readonly datakits: readonly ReleasedDatakit[];
}

/** A release that the environment shall run. */
export interface DesiredDeploy extends DeployableRelease {
  /** All agents had it before: a plan of it was applied then. */
  readonly isInEffect?: boolean;
  /** What alone may be applied. */
  readonly deployPlan?: AcceptedPlan | null;
}

/** Where it runs, and who hears what it prints. */
export interface DeployOptions {
  readonly deploy: DeployCommand | undefined;
  readonly environment: string;
  readonly projectFolder: string;
  readonly stateFolder: string;
  readonly log: (line: string) => void;
  /** Takes secrets out of what it prints. */
  readonly redactor?: Redactor | undefined;
  readonly signal: AbortSignal;
}

/**
 * Runs the command for a release, unless it did for this one last; where it makes plans, for the accepted plan, unless it did.
 *
 * @throws TowpathError `DEPLOY_COMMAND_FAILED`, `DEPLOY_COMMAND_MISSING`, `DEPLOY_PLAN_UNAPPROVED`, `DEPLOY_PLAN_LOST`,
 * `DEPLOY_PLAN_CHANGED`; the signal's reason
 */
export async function runDeployCommand(release: DesiredDeploy, options: DeployOptions): Promise<void> {
  const { deploy, stateFolder } = options;
  if (deploy === undefined) return;
  const kept = await endLeft(stateFolder, 'deployed');
  // Declared without a plan, here, while others of the environment wait for people to approve one: what nobody approved is not run.
  if (deploy.plan !== undefined || release.deployPlan) return applyPlan(release, { ...options, deploy }, kept);
  if (kept.releaseId === release.id) return;
  options.log(`release ${release.version}: running ${deploy.command.join(' ')}`);
  await run(release, { ...options, deploy, words: deploy.command, more: {} });
  writeKept(stateFolder, 'deployed', { releaseId: release.id });
}

type Planning = DeployOptions & { readonly deploy: DeployCommand };

async function applyPlan(release: DesiredDeploy, options: Planning, kept: KeptCommand): Promise<void> {
  const { stateFolder, log, deploy } = options;
  const { version, id: releaseId, deployPlan: plan } = release;
  // It keeps what it had, or a new agent joins: nobody looked at what would change now, so nothing does.
  if (release.isInEffect) return log(`release ${version}: it was brought in before; the deploy command is not run`);
  if (!plan) throw unapproved(options.environment);
  if (!plan.isOwn) return log(`release ${version}: another agent applies the plan of the deploy command`);
  if (kept.planId === plan.id) return;
  const { file, variables } = takeAcceptedPlan(stateFolder, plan);
  log(`release ${version}: applying plan ${plan.sha256}: ${deploy.command.join(' ')}`);
  failpoint('deploy-plan.before-apply');
  await run(release, { ...options, words: namePlan(deploy.command, file), more: variables });
  writeKept(stateFolder, 'deployed', { releaseId, planId: plan.id });
}

type Running = Planning & Pick<HostCommand, 'words'> & { readonly more: Readonly<Record<string, string>> };

async function run(release: DeployableRelease, options: Running): Promise<void> {
  const { log, redactor } = options;
  const onLine = (line: string) => log(`deploy: ${redactor?.redact(line) ?? line}`);
  await runForRelease(release, { ...options, what: 'deploy command', keptAs: 'deployed', onLine });
}

/** A command about a release. */
export interface ReleaseCommand extends Planning {
  /** How it is called where it fails. */
  readonly what: 'deploy command' | 'plan command';
  readonly words: readonly string[];
  /** What it is told besides of the release. */
  readonly more: Readonly<Record<string, string>>;
  readonly keptAs: KeptName;
  readonly onLine: (line: string) => void;
}

/**
 * Runs a command that is told of a release, to its good end.
 *
 * @throws TowpathError `DEPLOY_COMMAND_FAILED`, `DEPLOY_COMMAND_MISSING`; the signal's reason
 */
export async function runForRelease(release: DeployableRelease, command: ReleaseCommand): Promise<void> {
  const { deploy, what, words, more, environment, projectFolder, stateFolder, keptAs, signal, onLine } = command;
  const { timeoutSeconds } = deploy;
  const end = await runHostCommand({
    ...{ words, folder: projectFolder, timeoutSeconds, signal, onLine },
    environmentVariables: { ...deploy.environmentVariables, ...describe(release, environment), ...more },
    keep: (running) => writeKept(stateFolder, keptAs, { running }),
  });
  if (end.kind === 'missing') throw missing(environment, what, words[0]);
  if (end.kind === 'too-long') throw failed(environment, what, `took longer than ${timeoutSeconds} s`);
  if (end.status !== 0) throw failed(environment, what, `ended with ${end.status}`);
}

function describe({ id, version, gitSha, datakits }: DeployableRelease, environment: string) {
  return {
    ENVIRONMENT: environment,
    TOWPATH_RELEASE: version,
    TOWPATH_RELEASE_ID: id,
    TOWPATH_RELEASE_COMMIT: gitSha,
    TOWPATH_RELEASE_DATAKITS: JSON.stringify(datakits),
  };
}

function failed(environment: string, what: string, how: string): TowpathError {
  return new TowpathError({
    code: 'DEPLOY_COMMAND_FAILED',
    message: `The ${what} of ${environment} ${how}.`,
    cause: "What it printed stands in the agent's log.",
  });
}

function missing(environment: string, what: string, program = ''): TowpathError {
  return new TowpathError({
    code: 'DEPLOY_COMMAND_MISSING',
    message: `The ${what} of ${environment} can not be run.`,
    cause: `There is no program ${JSON.stringify(program)} where the agent runs.`,
    fix: 'Correct `deploy` of the environment, or install the program.',
  });
}

function unapproved(environment: string): TowpathError {
  return new TowpathError({
    code: 'DEPLOY_PLAN_UNAPPROVED',
    message: `The deploy command of ${environment} applies plans, and none was approved for this promotion.`,
    cause: 'The policy names nobody who approves plans there, or named nobody when the promotion began.',
    fix: `An administrator sets \`deployPlan\` of ${environment} in the policy; then promote again.`,
  });
}
