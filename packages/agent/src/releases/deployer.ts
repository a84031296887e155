// What a release desk is given of its environment's deploy command.
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@towpath/api';
import { createRedactor, type Redactor } from '../secrets/redaction/create-redactor.ts';
import { SecretValue } from '../secrets/secret-value.ts';
import type { AgentSession } from '../session/agent-session.ts';
import { type DeployCommand, runDeployCommand } from './deploy-command.ts';
import { endLeft } from './kept-command.ts';
import { makeDeployPlan } from './make-deploy-plan.ts';
import { createPlanDesk } from './plan-desk.ts';
import type { ReleaseDeskOptions } from './release-desk.ts';

/** Before another plan is made where the server took too many: as long as before one that could not be made. */
const PLAN_PAUSE_MS = 5 * 60_000;

/** What an agent knows of it. */
export interface DeployerOptions {
  readonly deploy?: DeployCommand | undefined;
  readonly projectFolder: string;
  readonly stateFolder: string;
  readonly log: (line: string) => void;
}

/** Brings releases in and makes plans; asks the session for the environment's name. */
export function createDeployer(
  options: DeployerOptions,
  { client, session }: { readonly client: Client; readonly session: AgentSession },
): Pick<ReleaseDeskOptions, 'deploy' | 'endLeft' | 'plans'> {
  const { deploy, stateFolder, log } = options;
  const redactor = deploy && createVariableRedactor(deploy);
  const complete = async (signal: AbortSignal) => {
    const { name: environment } = (await session.get(signal)).environment;
    return { ...options, deploy, environment, redactor, signal };
  };
  return {
    deploy: async (release, signal) => runDeployCommand(release, await complete(signal)),
    endLeft: async () => {
      for (const name of ['deployed', 'planned'] as const) await endLeft(stateFolder, name);
    },
    plans:
      deploy?.plan &&
      createPlanDesk({
        ...{ client, session, stateFolder, log },
        wait: (signal) => pause(PLAN_PAUSE_MS, undefined, { signal }),
        make: async (request, signal) => makeDeployPlan(request, await complete(signal)),
      }),
  };
}

function createVariableRedactor({ environmentVariables, secretVariables = [] }: DeployCommand): Redactor {
  const secrets = secretVariables.flatMap((name) => {
    const value = environmentVariables[name];
    return value === undefined || value === '' ? [] : [{ name, value: new SecretValue(value) }];
  });
  return createRedactor(secrets);
}
