import type { ConfigurationProblem, ConfiguredValue } from '@towpath/api';
import type { SinkDeclaration } from '../notify/sink-declaration.ts';
import type { AgentTarget } from '../targets/agent-target.ts';

/** What is declared and resolved of the agent's environment besides the variables of attempts. Plain data. */
export interface AgentEnvironment {
  readonly sinks: readonly SinkDeclaration[];
  /** Channels that several environments may name; production never. */
  readonly sharedChannels: readonly string[];
  readonly targets: readonly AgentTarget[];
  /** Of the values that are not secret. */
  readonly hash: string;
  /** For people: secrets are masked already. */
  readonly values: readonly ConfiguredValue[];
  readonly problems: readonly ConfigurationProblem[];
}

/** Nothing is declared. */
export const EMPTY_ENVIRONMENT: AgentEnvironment = {
  sinks: [],
  sharedChannels: [],
  targets: [],
  hash: '',
  values: [],
  problems: [],
};
