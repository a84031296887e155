// Which environment is meant here, and what it comes to: by the functions that agents, `dev` and `config validate` use.
import { type AgentEnvironment, openEnvironmentSecrets } from '@towpath/agent';
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
import { describeBrought, isServedByDev, toDevInputs } from '../dev/brought-variables.ts';
import { resolveLocalEnvironment } from '../dev/local-environment.ts';
import { LOCAL_ENVIRONMENT } from '../instance/local-name.ts';
import { describeSecrets } from '../project/describe-secrets.ts';
import { findAgentEnvironment } from '../project/find-agent-environment.ts';
import { tellReads } from '../project/tell-reads.ts';
import type { CheckedEnvironment, CheckedSecrets, CheckedSelection, CheckSubject, Finding } from './check.ts';
import { toConfigurationFinding, toConfigurationNote, toErrorFinding } from './to-finding.ts';

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
    const every = request.isEvery ? validateEvery(project, request) : [];
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

function validateEvery(project: Project, { stateFolder, ports, variables }: SelectionRequest): readonly Finding[] {
  const brought = toDevInputs(describeBrought(stateFolder, ports).variables);
  const describe = (one: EnvironmentDeclaration) => (isServedByDev(one, variables) ? brought : {});
  const { problems, notes } = validateAll(project, { describe });
  return [...problems.map(toConfigurationFinding), ...notes.map(toConfigurationNote)];
}

function select(project: Project, request: SelectionRequest): CheckedSelection {
  try {
    const processVariables = request.variables;
    if (isUndeclaredLocal(project, request)) return NOTHING;
    const { environment } = selectEnvironment(project.declaration, { flag: request.flag, processVariables });
    const resolved = isServedByDev(environment, processVariables)
      ? resolveOfDev(project, environment, request)
      : resolveOfAgent({ project, environment, processVariables });
    const { problems, notes } = resolved.environment.configuration;
    const told = [...problems.map(toConfigurationFinding), ...notes.map(toConfigurationNote)];
    return { environment: resolved.environment, findings: [...told, ...resolved.findings] };
  } catch (thrown) {
    return { ...NOTHING, findings: toSelectionFindings(thrown, request) };
  }
}

/** `dev` serves `local` also where it is not declared; then there is no configuration of it. */
function isUndeclaredLocal({ declaration }: Project, { flag, variables }: SelectionRequest): boolean {
  const name = flag || variables.ENVIRONMENT;
  return (
    !declaration.environments.has(LOCAL_ENVIRONMENT) && isServedByDev({ name: name ?? '', kind: 'local' }, variables)
  );
}

interface Resolved {
  readonly environment: CheckedEnvironment;
  readonly findings: readonly Finding[];
}

function resolveOfAgent(inputs: ConfigurationInputs): Resolved {
  const configuration = resolveConfiguration(inputs);
  const variables = Object.fromEntries([...configuration.values.values()].map(({ name, text }) => [name, text]));
  const agent = readAgent(() => findAgentEnvironment(inputs.project, inputs.environment.name, configuration));
  const secrets = createSecrets(inputs);
  const environment = { inputs, configuration, variables, agent: agent.environment, secrets, isAsleep: false };
  return { environment, findings: agent.findings };
}

function resolveOfDev(
  project: Project,
  declared: EnvironmentDeclaration,
  { stateFolder, ports, variables: processVariables }: SelectionRequest,
): Resolved {
  const { variables: brought, warehouse, isRunning } = describeBrought(stateFolder, ports);
  const inputs = { project, environment: declared, processVariables, ...toDevInputs(brought) };
  const { environment, findings } = resolveOfAgent(inputs);
  const agent = readAgent(() => resolveLocalEnvironment({ project, brought, processVariables }, warehouse));
  const variables = { ...brought, ...environment.variables };
  return { environment: { ...environment, variables, agent: agent.environment, isAsleep: !isRunning }, findings };
}

function createSecrets(inputs: ConfigurationInputs): CheckedSecrets {
  let opened: ReturnType<typeof openEnvironmentSecrets> | undefined;
  return {
    open: () => {
      // What was asked is among the findings, so nothing is written about it besides.
      const { environment, processVariables: variables } = inputs;
      const reads = tellReads({ environment: environment.name, variables, log: () => undefined });
      // A server that is away is a finding of its own, and no value that is read here is used.
      const keep: typeof reads.keep = (read) => reads.keep(read).catch(() => undefined);
      opened ??= openEnvironmentSecrets(describeSecrets(inputs), { ...reads, keep });
      return opened;
    },
    close: () => opened?.close(),
  };
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
  const fix = 'Name one with --environment NAME, or check the configuration of all with --all.';
  return isEvery ? [] : [{ ...finding, status: 'note', fix }];
}

/** The selected environment is among all of them; what the process sets is judged for it alone. */
function unite(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [`${finding.code} ${finding.text}`, finding])).values()];
}
