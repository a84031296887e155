import { join, resolve } from 'node:path';
import type { AgentOptions, AllowedContradictions, TowpathAgent } from '@towpath/agent';
import {
  type ConfigurationInputs,
  getEnvironment,
  getProject,
  isCalledSecret,
  type Project,
  resolveConfiguration,
  type Selection,
  selectEnvironment,
} from '@towpath/config';
import { TowpathError } from '@towpath/core';
import { codeServerEntry, datakitFolders, launcherEntry, taskRunnerEntry } from '../assets.ts';
import { formatNotes } from '../configuration/format-problems.ts';
import type { CommandContext } from '../context.ts';
import { chooseAgentFolder } from '../instance/choose-agent-folder.ts';
import { STATE_FOLDER } from '../instance/instance-record.ts';
import { createTextCheck } from '../project/check-text.ts';
import { describeExecutor } from '../project/describe-executor.ts';
import { describeSecrets } from '../project/describe-secrets.ts';
import { describeSizing } from '../project/describe-sizing.ts';
import { findAgentEnvironment } from '../project/find-agent-environment.ts';
import { listDeployVariables } from '../project/list-deploy-variables.ts';
import { type AgentConnection, tellForeignReferences } from '../project/tell-foreign-references.ts';
import { getAgentVariables, listSecretVariables } from '../project/usable-variables.ts';
import { parseCount } from '../rendering/parse-count.ts';
import { VERSION } from '../version.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options {
  readonly server?: string;
  readonly project?: string;
  readonly environment?: string;
  readonly state?: string;
  readonly name: string;
  readonly maxAttempts?: number;
  readonly againstShared?: boolean;
  readonly executor?: string;
  readonly allowContradiction?: string;
}

/** `towpath agent`: runs the attempts of one environment. When it ends, attempts go on and the next one adopts them. */
export const registerAgent: RegisterCommand = (program, context) => {
  program
    .command('agent')
    .description('Run the attempts of one environment (its token says which). Running attempts outlive it.')
    .option('--server <url>', 'address of the server (default: TOWPATH_SERVER)')
    .option('--project <folder>', 'project whose pipelines it loads (default: the one around this folder)')
    .option(
      '--environment <name>',
      'whose values it holds, in a project that declares environments (default: ENVIRONMENT)',
    )
    .option('--state <folder>', 'where attempts are kept (default: .towpath/agent-<environment> in the project)')
    .option('--name <name>', 'name in the logs', 'agent')
    .option(
      '--max-attempts <count>',
      'attempts at a time (default: TOWPATH_MAX_ATTEMPTS, then sizing.workers, then four per core)',
      parseCount,
    )
    .option(
      '--executor <name>',
      'process, docker or kubernetes (default: TOWPATH_EXECUTOR, then what the environment declares, then what is found)',
    )
    .option('--against-shared', 'serve a shared environment from this machine; production is refused all the same')
    .option(
      '--allow-contradiction <reason>',
      'start although DBT_TARGET or another name contradicts the environment; the reason is audited',
    )
    .addHelpText(
      'after',
      "\nThe agent's token comes from TOWPATH_AGENT_TOKEN; `npx towpath server issue-agent-token` makes one.",
    )
    .action(async (options: Options) => {
      const project = getProject(options.project ?? context.cwd);
      const selection = selectAgentEnvironment(context, project, options);
      const connection = {
        serverUrl: getSetting(options.server ?? context.env.TOWPATH_SERVER, 'TOWPATH_SERVER'),
        token: getSetting(context.env.TOWPATH_AGENT_TOKEN, 'TOWPATH_AGENT_TOKEN'),
        stateFolder: options.state
          ? resolve(context.cwd, options.state)
          : chooseAgentFolder(join(project.folder, STATE_FOLDER), selection.environment.name),
        log: (line: string) => context.out(`${line}\n`),
      };
      const agent = await startUnlessEnded(context.signal, {
        ...connection,
        name: options.name,
        projectFolder: project.folder,
        datakitFolders: datakitFolders(project.folder),
        ...(await findConfiguration(context, { project, connection, options, selection })),
        version: VERSION,
        isAgainstShared: options.againstShared,
        readPools: () => getProject(project.folder).pools,
        codeServerEntry: codeServerEntry(),
        launcherEntry: launcherEntry(),
        taskRunnerEntry: taskRunnerEntry(),
      });
      if (!agent) return;
      if (!context.signal.aborted)
        await new Promise((done) => context.signal.addEventListener('abort', done, { once: true }));
      await agent.close({ cancelRunning: false });
    });
};

type Configuration = Pick<
  AgentOptions,
  | 'environmentVariables'
  | 'secretVariables'
  | 'expectedEnvironment'
  | 'readEnvironment'
  | 'readInputs'
  | 'secrets'
  | 'checkText'
  | 'allowedContradictions'
  | 'maxAttempts'
  | 'limits'
  | 'deploy'
  | 'executor'
  | 'deploy'
>;

interface ConfigurationFacts {
  readonly project: Project;
  readonly connection: AgentConnection;
  readonly options: Options;
  readonly selection: Selection;
}

/** Told before any work: a choice that nobody named, and a contradiction that somebody allowed. */
function selectAgentEnvironment(context: CommandContext, project: Project, options: Options): Selection {
  const { environment: flag, allowContradiction } = options;
  const selection = selectEnvironment(project.declaration, { flag, allowContradiction, processVariables: context.env });
  if (selection.banner !== undefined) context.out(`${selection.banner}\n`);
  for (const { variable, given, derived } of selection.contradictions)
    context.out(`${variable}=${given} contradicts ${derived}; allowed: ${allowContradiction}\n`);
  return selection;
}

/** Where environments are declared, attempts get what is declared: what this process happens to have was judged by nobody. */
async function findConfiguration(
  context: CommandContext,
  { project, connection, options, selection }: ConfigurationFacts,
): Promise<Configuration> {
  const { maxAttempts, allowContradiction } = options;
  const processVariables = context.env;
  const { environment } = selection;
  context.out(formatNotes(resolveConfiguration({ project, environment, processVariables }).notes));
  for (const { variable, given, derived } of selection.contradictions)
    context.out(`${variable}=${given} contradicts ${derived}; allowed: ${allowContradiction}\n`);
  const inputs = { project, environment, processVariables };
  const { hasEnvironments, variables } = project.declaration;
  const inherited = hasEnvironments ? {} : definedOnly(context.env);
  const undeclared = Object.keys(inherited).filter((name) => !variables.has(name));
  await tellForeignReferences(connection, inputs);
  const readInputs = (name: string): ConfigurationInputs => {
    const { folder, declaration } = getProject(project.folder);
    const current = getEnvironment(declaration, name);
    return { project: { folder, declaration }, environment: current, processVariables };
  };
  return {
    ...describeSizing(environment.sizing, { maxAttempts, env: context.env }),
    executor: describeExecutor(environment, { flag: options.executor, env: context.env }),
    deploy: environment.deploy && {
      ...environment.deploy,
      environmentVariables: listDeployVariables(context.env),
      secretVariables: [...listCalledSecrets(context.env), ...listSecretVariables(inputs)],
    },
    environmentVariables: { ...inherited, ...getAgentVariables(inputs) },
    secretVariables: [...undeclared.filter(isCalledSecret), ...listSecretVariables(inputs)],
    expectedEnvironment: environment.name,
    secrets: describeSecrets(inputs),
    checkText: createTextCheck(inputs),
    allowedContradictions: toAllowed(selection, allowContradiction),
    readInputs,
    readEnvironment: (name) => {
      const read = readInputs(name);
      return findAgentEnvironment(read.project, name, resolveConfiguration(read));
    },
  };
}

/** Also `TF_VAR_password`. */
function listCalledSecrets(env: CommandContext['env']): readonly string[] {
  return Object.keys(env).filter((name) => isCalledSecret(name.toUpperCase()));
}

function toAllowed({ contradictions }: Selection, why: string | undefined): AllowedContradictions | undefined {
  if (contradictions.length === 0 || why === undefined) return undefined;
  return { contradictions: contradictions.map((one) => ({ ...one })), why };
}

// Ended while it still waits for its server: nothing was started, so nothing is wrong.
async function startUnlessEnded(signal: AbortSignal, options: AgentOptions): Promise<TowpathAgent | undefined> {
  const { startAgent } = await import('@towpath/agent');
  try {
    return await startAgent({ ...options, signal });
  } catch (thrown) {
    if (signal.aborted) return undefined;
    throw thrown;
  }
}

function definedOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function getSetting(value: string | undefined, name: string): string {
  if (value) return value;
  throw new TowpathError({
    code: 'AGENT_SETTING_MISSING',
    message: `The agent needs ${name}.`,
    fix: `Set ${name}; on a laptop \`npx towpath dev\` does all of this by itself.`,
  });
}
