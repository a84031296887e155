// The agent of environment `local`, with what the instance brings besides what the project declares.
import { type AgentOptions, startAgent, type TowpathAgent } from '@towpath/agent';
import { getProject, type Project } from '@towpath/config';
import { codeServerEntry, datakitFolders, launcherEntry, taskRunnerEntry } from '../assets.ts';
import { formatNotes } from '../configuration/format-problems.ts';
import type { UsableVariables } from '../project/usable-variables.ts';
import { VERSION } from '../version.ts';
import type { LocalWarehouse } from './brought-variables.ts';
import {
  createLocalTextCheck,
  describeLocalSecrets,
  findLocalInputs,
  type LocalFacts,
  listLocalNotes,
  listLocalSecretVariables,
  resolveLocalEnvironment,
  resolveLocalVariables,
  tellLocalForeign,
} from './local-environment.ts';

/** What a person chose. */
export interface LocalAgentOptions {
  readonly project: Project;
  /** Where attempts are kept. */
  readonly stateFolder: string;
  readonly processVariables: Readonly<Record<string, string | undefined>>;
  readonly sizing?: Pick<AgentOptions, 'maxAttempts' | 'limits'> | undefined;
  readonly executor?: AgentOptions['executor'];
  readonly isAgainstShared?: boolean | undefined;
  readonly notify: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** What the instance brings. */
export interface BroughtToAgent {
  readonly serverUrl: string;
  readonly token: string;
  readonly variables: UsableVariables;
  readonly warehouse: LocalWarehouse;
}

/** Starts it and returns when it has its session. @throws TowpathError problems of the configuration, and what agents throw */
export async function startLocalAgent(options: LocalAgentOptions, given: BroughtToAgent): Promise<TowpathAgent> {
  const { project, stateFolder, notify, signal, processVariables } = options;
  const { serverUrl, token } = given;
  const connection = { serverUrl, token, stateFolder, log: notify };
  const facts: LocalFacts = { project, brought: given.variables, processVariables };
  await tellLocalForeign(connection, facts);
  const notes = formatNotes(listLocalNotes(facts));
  if (notes !== '') notify(notes.trimEnd());
  return startAgent({
    ...connection,
    name: 'local',
    projectFolder: project.folder,
    datakitFolders: datakitFolders(project.folder),
    environmentVariables: resolveLocalVariables(facts),
    secretVariables: listLocalSecretVariables(facts),
    secrets: describeLocalSecrets(facts),
    checkText: createLocalTextCheck(facts),
    version: VERSION,
    ...options.sizing,
    executor: options.executor,
    isAgainstShared: options.isAgainstShared,
    readEnvironment: () => resolveLocalEnvironment({ ...facts, project: getProject(project.folder) }, given.warehouse),
    readInputs: () => findLocalInputs({ ...facts, project: getProject(project.folder) }),
    ...(signal && { signal }),
    readPools: () => getProject(project.folder).pools,
    codeServerEntry: codeServerEntry(),
    launcherEntry: launcherEntry(),
    taskRunnerEntry: taskRunnerEntry(),
  });
}
