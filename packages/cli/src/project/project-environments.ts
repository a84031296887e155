// What towpath.yaml says of environments: as the server is told, and as the agent of one works with it.
import type { AgentEnvironment, SinkDeclaration, TargetDeclaration } from '@towpath/agent';
import type { DeclaredEnvironment } from '@towpath/api';
import {
  ENVIRONMENT_KINDS,
  type EnvironmentKind,
  findChannelProblems,
  type NamedChannel,
  SEVERITIES,
  TowpathError,
} from '@towpath/core';
import { z } from 'zod';

const Text = z.string().min(1);
const Patterns = z.record(z.string(), z.array(Text));
const Severities = z.array(z.enum(SEVERITIES)).default([...SEVERITIES]);

const Sink = z.discriminatedUnion('sink', [
  z.strictObject({ sink: z.literal('slack'), url: Text, severities: Severities }),
  z.strictObject({ sink: z.literal('webhook'), url: Text, secret: Text.optional(), severities: Severities }),
  z.strictObject({
    sink: z.literal('email'),
    url: Text,
    to: z.array(Text).min(1),
    from: Text.optional(),
    severities: Severities,
  }),
]);

const Target = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('postgres'),
    host: Text,
    port: z.number().int().min(1).max(65_535).default(5432),
    database: Text,
    user: Text,
    password: Text.optional(),
  }),
  z.strictObject({ type: z.literal('folder'), location: Text }),
]);

const Variable = z.looseObject({
  type: Text.default('string'),
  secret: z.boolean().default(false),
  required: z.boolean().default(false),
  description: z.string().default(''),
});

const Environment = z.looseObject({
  kind: z.enum(ENVIRONMENT_KINDS),
  executor: z.enum(['process', 'docker', 'kubernetes']).default('process'),
  registry: Text.optional(),
  namespace: Text.optional(),
  stack: Text.optional(),
  dbtTarget: Text.optional(),
  owns: Patterns.default({}),
  zones: z.record(z.string(), Text).default({}),
  targets: z.record(z.string(), Target).default({}),
  sizing: z.record(z.string(), z.union([z.number(), z.boolean(), Text])).default({}),
  notify: z.array(Sink).default([]),
});
type Environment = z.output<typeof Environment>;

/** The sections of towpath.yaml that this file reads; others about environments are let through unread. */
export const EnvironmentSections = {
  defaultEnvironment: Text.optional(),
  configuration: z.looseObject({}).optional(),
  variables: z.record(z.string(), Variable).default({}),
  environments: z.record(z.string(), Environment).default({}),
  shared: Patterns.default({}),
  guards: z.array(z.looseObject({})).optional(),
  parity: z.looseObject({}).optional(),
};

interface Sections {
  readonly variables: Readonly<Record<string, z.output<typeof Variable>>>;
  readonly environments: Readonly<Record<string, Environment>>;
  readonly shared: Readonly<Record<string, readonly string[]>>;
}

/** One environment of a project. */
export interface ProjectEnvironment {
  readonly declared: DeclaredEnvironment;
  readonly agent: AgentEnvironment;
}

/**
 * The environments in their order.
 *
 * @throws TowpathError `CHANNEL_OF_OTHER_ENVIRONMENT` when two of them would alert one channel
 */
export function toEnvironments(project: string, sections: Sections): readonly ProjectEnvironment[] {
  const sharedChannels = Object.values(sections.shared).flat();
  const entries = Object.entries(sections.environments);
  refuseMixedChannels(entries, sharedChannels);
  return entries.map(([name, environment]) => ({
    declared: toDeclared(project, name, environment, sections),
    agent: {
      sinks: nameSinks(environment),
      sharedChannels,
      targets: Object.entries(environment.targets).map(
        ([target, rest]): TargetDeclaration => ({ name: target, ...rest }),
      ),
      hash: '',
      values: [],
      problems: [],
    },
  }));
}

function toDeclared(
  project: string,
  name: string,
  environment: Environment,
  { variables }: Sections,
): DeclaredEnvironment {
  const { kind, executor, registry, namespace, stack, dbtTarget, owns, zones, targets, sizing, notify } = environment;
  const sinks = nameSinks(environment);
  return {
    name,
    kind,
    executor,
    registry: registry ?? null,
    namespace: namespace ?? toLabel(`${project}-${name}`),
    stack: stack ?? name,
    dbtTarget: dbtTarget ?? name,
    owns,
    zones: { ...defaultZones(name), ...zones },
    targets: Object.entries(targets).map(([target, { type }]) => ({ name: target, type })),
    sizing,
    notify: notify.map(({ sink, severities }, at) => ({ name: sinks[at]?.name ?? sink, sink, severities })),
    variables: Object.entries(variables).map(([variable, { type, secret, required, description }]) => ({
      name: variable,
      type,
      isSecret: secret,
      isRequired: required,
      description,
    })),
  };
}

function defaultZones(environment: string): Record<string, string> {
  return Object.fromEntries(['bronze', 'silver', 'gold'].map((zone) => [zone, `${environment}-${zone}-zone`]));
}

/** A DNS label, as Kubernetes wants its namespaces. */
function toLabel(text: string): string {
  const label = text.toLowerCase().replace(/[^a-z0-9-]/g, '-');
  return label.slice(0, 63).replace(/^-+|-+$/g, '');
}

/** Sinks have no name of their own: `slack`, and `slack-2` for the second of an environment. */
function nameSinks({ notify }: Environment): readonly SinkDeclaration[] {
  return notify.map(({ severities: _, ...sink }, at): SinkDeclaration => {
    const before = notify.slice(0, at).filter((other) => other.sink === sink.sink).length;
    return { name: before === 0 ? sink.sink : `${sink.sink}-${before + 1}`, ...sink };
  });
}

/** References are not compared: what they stand for only the agents know, which report digests of it. */
function refuseMixedChannels(entries: readonly [string, Environment][], shared: readonly string[]): void {
  const channels = entries.flatMap(([name, environment]) => listChannels(name, environment.kind, environment));
  const problems = findChannelProblems(channels, shared);
  if (problems.length === 0) return;
  throw new TowpathError({
    code: 'CHANNEL_OF_OTHER_ENVIRONMENT',
    message: 'Alerts of two environments would arrive in one channel.',
    cause: problems
      .map(
        ({ environment, sink, otherEnvironment, otherSink, isProduction }) =>
          `${sink} of ${environment} is ${otherSink} of ${otherEnvironment}${isProduction ? ' (production: never shared)' : ''}.`,
      )
      .join(' '),
    fix: 'Give each environment a channel of its own; those that are not production may name one that stands in `shared`.',
  });
}

function listChannels(environment: string, kind: EnvironmentKind, declared: Environment): NamedChannel[] {
  return nameSinks(declared)
    .flatMap((sink) => (sink.sink === 'email' ? sink.to : [sink.url]).map((channel) => ({ sink: sink.name, channel })))
    .filter(({ channel }) => !channel.startsWith('secret://'))
    .map((named) => ({ environment, kind, ...named }));
}
