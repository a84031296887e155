import type { AgentEnvironment, EnvironmentSecrets } from '@towpath/agent';
import type { ConfigurationInputs } from '@towpath/config';
import type { ResolvedConfiguration } from '@towpath/core';

/** What one check of `npx towpath doctor` found. Healthy findings are quiet; problems name cause and fix. */
export interface Finding {
  readonly subject: string;
  /** A note is worth knowing and stops nothing. */
  readonly status: 'ok' | 'note' | 'problem';
  readonly text: string;
  readonly fix?: string | undefined;
  /** A stable word; absent when all is well. */
  readonly code?: string | undefined;
}

/** The environment that is selected here, as its agent would resolve it. */
export interface CheckedEnvironment {
  readonly inputs: ConfigurationInputs;
  readonly configuration: ResolvedConfiguration;
  /** Undefined when it can't be made of what is declared; then a finding says why. */
  readonly agent: AgentEnvironment | undefined;
  /** What attempts are given; references to secrets are references still. */
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: CheckedSecrets;
  /** What `npx towpath dev` starts on this machine is not there while it does not run. */
  readonly isAsleep: boolean;
}

/** One access to the environment's secrets for all checks: a refused login is not repeated, lest the account locks. */
export interface CheckedSecrets {
  /** @throws TowpathError `SECRET_PROVIDER_UNKNOWN`, `SECRET_OPTIONS_INVALID` */
  open(): EnvironmentSecrets;
  close(): void;
}

/** Which environment was found, and what is wrong with how it was named, or with its configuration. */
export interface CheckedSelection {
  readonly environment: CheckedEnvironment | undefined;
  readonly findings: readonly Finding[];
}

/** What is still healthy. */
export interface CheckLimits {
  readonly minNodeMajor: number;
  readonly minFreeMiB: number;
  readonly minWarehouseMajor: number;
  readonly minStateMajor: number;
  /** A certificate that ends sooner is told of. */
  readonly certificateDays: number;
  readonly clockToleranceMs: number;
}

/** Everything a check may look at. */
export interface CheckSubject {
  readonly projectFolder: string | undefined;
  readonly stateFolder: string;
  readonly ports: { readonly console: number; readonly postgres: number; readonly mock: number };
  /** Variables of the process. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly selection: CheckedSelection;
  /** Of `--environment` or `ENVIRONMENT`; undefined: what is asked of the instance is asked for all. */
  readonly namedEnvironment: string | undefined;
  readonly limits: CheckLimits;
  /** Milliseconds since 1970, as this machine has them. */
  readonly now: () => number;
  /** Fires when nobody waits for an answer any more. */
  readonly signal: AbortSignal;
}

/** One question asked of this machine or of what it talks to; it never changes anything. */
export type Check = (subject: CheckSubject) => Promise<readonly Finding[]>;
