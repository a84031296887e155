// What towpath.yaml says of environments: as the server is told, and as the agent of one works with it.
import type { AgentEnvironment, SinkDeclaration } from '@towpath/agent';
import type { ConfigurationProblem, ConfiguredValue, DeclaredEnvironment } from '@towpath/api';
import type { Project } from '@towpath/config';
import {
  type ConfigProblem,
  describeValue,
  type EnvironmentDeclaration,
  formatDeclaredExecutor,
  formatEnvironmentTag,
  formatSize,
  mayDiffer,
  type NotifyDeclaration,
  type ProjectDeclaration,
  type ResolvedConfiguration,
  type ResolvedValue,
  TowpathError,
} from '@towpath/core';
import { toAgentTarget } from './to-agent-target.ts';

/** One environment of a project. */
export interface ProjectEnvironment {
  readonly declared: DeclaredEnvironment;
  /** With what its variables came to, if anything is declared. @throws TowpathError `SINK_INCOMPLETE`, `TEMPLATE_UNRESOLVED` */
  toAgent(resolved?: ResolvedConfiguration): AgentEnvironment;
}

/** The environments in their order. */
export function listEnvironments({
  folder,
  declaration: project,
}: Pick<Project, 'folder' | 'declaration'>): readonly ProjectEnvironment[] {
  const environments = [...project.environments.values()];
  const sharedChannels = Object.values(project.shared).flat();
  return environments.map((environment) => ({
    declared: toDeclared(project, environment),
    toAgent: (resolved) => ({
      sinks: environment.notify.map((sink) => toSink(environment.name, sink)),
      sharedChannels,
      targets: [...(resolved ?? environment).targets].map(([name, target]) =>
        toAgentTarget({ folder, environment: environment.name }, name, target),
      ),
      hash: resolved?.hash ?? '',
      values: [...(resolved?.values.values() ?? [])].map((value) => toConfiguredValue(project, value)),
      problems: (resolved?.problems ?? []).map(toConfigurationProblem),
    }),
  }));
}

function toDeclared({ variables }: ProjectDeclaration, environment: EnvironmentDeclaration): DeclaredEnvironment {
  const { name, kind, executor, registry, namespace, stack, dbtTarget, owns, zones, targets, notify, alerts } =
    environment;
  return {
    name,
    kind,
    executor: formatDeclaredExecutor(executor),
    registry: registry ?? null,
    namespace,
    stack,
    dbtTarget,
    owns: Object.fromEntries(
      Object.entries(owns).flatMap(([what, patterns]) => (patterns.length > 0 ? [[what, [...patterns]]] : [])),
    ),
    zones: Object.fromEntries(zones),
    targets: [...targets].map(([target, { type }]) => ({ name: target, type })),
    sizing: Object.fromEntries(
      Object.entries(environment.sizing).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, typeof value === 'object' ? (formatSize(value) ?? '') : value]],
      ),
    ),
    notify: notify.map((sink) => ({ name: sink.name, sink: sink.sink, severities: [...sink.severities] })),
    // A server of the version before knows none.
    ...(Object.values(alerts).some((hours) => hours !== undefined) && { alerts: { ...alerts } }),
    variables: [...variables.values()].map((variable) => ({
      name: variable.name,
      type: variable.type,
      isSecret: variable.isSecret,
      isRequired: variable.isRequired,
      description: variable.description ?? '',
    })),
  };
}

function toConfiguredValue(project: ProjectDeclaration, value: ResolvedValue): ConfiguredValue {
  const { name, source, place, type, isSecret, secretReference, rules } = value;
  const shown = describeValue(value);
  const isHidden = isSecret || secretReference !== undefined;
  return {
    ...{ name, source, type, place: place ?? null, rules: [...rules] },
    mayDiffer: mayDiffer(project, value),
    ...(isHidden ? { text: null, mask: shown } : { text: shown, mask: null }),
  };
}

function toConfigurationProblem({ code, variable, message, fix, place }: ConfigProblem): ConfigurationProblem {
  return { code, variable: variable ?? null, message, fix, place: place ?? null };
}

function toSink(environment: string, { name, sink, url, to, from, secret }: NotifyDeclaration): SinkDeclaration {
  if (url === undefined || (sink === 'email' && to.length === 0)) throw sinkIncomplete(environment, name);
  if (sink === 'email') return { name, sink, url, to, from };
  return sink === 'webhook' ? { name, sink, url, secret } : { name, sink, url };
}

function sinkIncomplete(environment: string, sink: string): TowpathError {
  return new TowpathError({
    code: 'SINK_INCOMPLETE',
    message: `${formatEnvironmentTag(environment)} Sink ${sink} does not say where it leads.`,
    cause: 'A sink needs `url`, and one of e-mail also `to`.',
    fix: 'Complete it in towpath.yaml; a URL that is a secret is given as secret://name#field.',
  });
}
