// Which environment is meant here, and what it comes to: by the functions that agents, `dev` and `config validate` use.
import type { AgentEnvironment } from '@towpath/agent';
import {
  type ConfigurationInputs,
  getProject,
  type Project,
  ProjectFileError,
  resolveConfiguration,
  selectEnvironment,
  validateAll,
} from '@towpath/config';
import { type EnvironmentDeclaration, TowpathError } from '@towpath/core';
import { describeLocal, LOCAL_ENVIRONMENT, resolveLocalVariables } from '../dev/local-environment.ts';
import { findInstance, findMock } from '../instance/instance-record.ts';
import { findAgentEnvironment } from '../project/find-agent-environment.ts';
import type { CheckedSelection, CheckSubject, Finding } from './check.ts';
import { toConfigurationFinding, toErrorFinding } from './to-finding.ts';

/** What the selection looks at. */
export interface SelectionRequest extends Pick<CheckSubject, 'stateFolder' | 'ports' | 'variables'> {
  readonly folder: string;
  /** Of `--environment`. */
  readonly flag: string | undefined;
  /** The configuration of all environments, and against each other, besides the selected one. */
  readonly isEvery: boolean;
}

const NOTHING: CheckedSelection = { environment: undefined, findings: [] };

/** Reads the project around the folder, selects and resolves. Nothing is thrown: what is wrong is among the findings. */
export function readSelection(request: SelectionRequest): CheckedSelection {
  try {
    const project = getProject(request.folder);
    const every = request.isEvery ? validateAll(project).problems.map(toConfigurationFinding) : [];
    const { environment, findings } = select(project, request);
    return { environment, findings: unite([...every, ...findings]) };
  } catch (thrown) {
    // No project is no problem: doctor also runs before `npx towpath init`.
    if (thrown instanceof TowpathError && thrown.code === 'PROJECT_MISSING') return NOTHING;
    if (thrown instanceof ProjectFileError)
      return { ...NOTHING, findings: thrown.problems.map(toConfigurationFinding) };
    return { ...NOTHING, findings: [toErrorFinding('environment', thrown)] };
  }
}

function select(project: Project, request: SelectionRequest): CheckedSelection {
  try {
    const processVariables = request.variables;
    const { environment } = selectEnvironment(project.declaration, { flag: request.flag, processVariables });
    const inputs = describeInputs(project, environment, request);
    const configuration = resolveConfiguration(inputs);
    const agent = readAgent(() => findAgentEnvironment(project.declaration, environment.name, configuration));
    return {
      environment: { inputs, configuration, agent: agent.environment },
      findings: [...configuration.problems.map(toConfigurationFinding), ...agent.findings],
    };
  } catch (thrown) {
    return { ...NOTHING, findings: toSelectionFindings(thrown, request) };
  }
}

/** An agent's credential says that this is one, which brings nothing of its own to `local`. */
function describeInputs(
  project: Project,
  environment: EnvironmentDeclaration,
  { stateFolder, ports, variables }: SelectionRequest,
): ConfigurationInputs {
  const isOfDev = environment.name === LOCAL_ENVIRONMENT && environment.kind === 'local';
  if (!isOfDev || variables.TOWPATH_AGENT_TOKEN) return { project, environment, processVariables: variables };
  const instance = findInstance(stateFolder);
  const mock = findMock(stateFolder) ?? instance?.mock ?? { host: '127.0.0.1', port: ports.mock };
  const port = instance?.warehouse.port ?? ports.postgres;
  const own = resolveLocalVariables(mock, { host: '127.0.0.1', port, database: 'bronze', user: 'bronze_user' });
  return describeLocal(project, environment, own);
}

function readAgent(read: () => AgentEnvironment): {
  readonly environment: AgentEnvironment | undefined;
  readonly findings: readonly Finding[];
} {
  try {
    return { environment: read(), findings: [] };
  } catch (thrown) {
    return { environment: undefined, findings: [toErrorFinding('environment', thrown)] };
  }
}

function toSelectionFindings(thrown: unknown, { variables, isEvery }: SelectionRequest): readonly Finding[] {
  const finding = toErrorFinding('environment', thrown);
  const isInCluster = Boolean(variables.KUBERNETES_SERVICE_HOST);
  if (finding.code !== 'ENVIRONMENT_UNSET' || isInCluster) return [finding];
  // On a laptop nothing has to be selected: `npx towpath dev` runs `local`.
  const fix = 'Name one with --environment NAME, or check the configuration of all with --all.';
  return isEvery ? [] : [{ ...finding, status: 'note', fix }];
}

/** The selected environment is among all of them; what the process sets is judged for it alone. */
function unite(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [`${finding.code} ${finding.text}`, finding])).values()];
}
