// An agent's plans of its deploy command: made when the server wants one, told to it, and looked at again after a restart.
import { ApiError, type Client, ReportDeployPlan } from '@towpath/api';
import { failpoint } from '@towpath/core';
import type { AgentSession } from '../session/agent-session.ts';
import type { DeployableRelease } from './deploy-command.ts';
import { readPlanFile } from './deploy-plan-file.ts';
import type { MadePlan, PlanRequest } from './make-deploy-plan.ts';

/** A plan that the server wants. */
export interface WantedPlan {
  readonly promotionId: string;
  /** Of the file that this agent said it had made; null: it is to make one. */
  readonly sha256: string | null;
  readonly release: DeployableRelease;
}

/** What it works with. */
export interface PlanDeskOptions {
  readonly client: Client;
  readonly session: AgentSession;
  readonly stateFolder: string;
  readonly make: (request: PlanRequest, signal: AbortSignal) => Promise<MadePlan>;
  /** Passes the time before another plan is made, where the server takes no more. Rejects when the signal fires. */
  readonly wait: (signal: AbortSignal) => Promise<void>;
  readonly log: (line: string) => void;
}

/** Makes plans, and knows those that it has. */
export interface PlanDesk {
  /** The file that was told is there, as it was; looked at once in an agent's life, and again right before it is applied. */
  hasMade(wanted: WantedPlan): boolean;
  /** Makes it and tells the server; where that takes no more, waits, and it is wanted anew. @throws the signal's reason */
  make(wanted: WantedPlan, signal: AbortSignal): Promise<void>;
}

/** What the server says when nobody waits for a plan any more. */
const UNWANTED = ['DEPLOY_PLAN_NOT_WANTED', 'PROMOTION_UNKNOWN'];

/** What it says when it took so many that another one has to wait. */
const TOO_MANY = 'DEPLOY_PLANS_TOO_MANY';

/** Creates the desk; nothing is made before it is wanted. */
export function createPlanDesk({ client, session, stateFolder, make, wait, log }: PlanDeskOptions): PlanDesk {
  let seen: string | null = null;
  /** Undefined: it was taken. */
  const report = (body: MadePlan, signal: AbortSignal): Promise<ApiError | undefined> =>
    session.ask(
      ({ sessionId }, callSignal) =>
        client
          .call(ReportDeployPlan, { params: { sessionId }, body, signal: callSignal })
          .then(() => undefined, requireRefusal),
      { signal },
    );
  return {
    hasMade: ({ promotionId, sha256 }) => {
      if (sha256 === null) return false;
      if (seen !== sha256 && readPlanFile(stateFolder, promotionId)?.sha256 !== sha256) return false;
      seen = sha256;
      return true;
    },
    make: async (wanted, signal) => {
      failpoint('deploy-plan.before-make');
      const made = await make(wanted, signal);
      const refusal = await report(made, signal);
      if (refusal?.code === TOO_MANY) {
        log(describeTooMany(wanted, refusal));
        await wait(signal);
        return;
      }
      if (refusal) log(`nobody waits for the plan of ${wanted.release.version} any more`);
      failpoint('deploy-plan.after-report');
      seen = made.file?.sha256 ?? null;
    },
  };
}

/** Answers for good, or for longer than a request is repeated. */
function requireRefusal(thrown: unknown): ApiError {
  if (thrown instanceof ApiError && [...UNWANTED, TOO_MANY].includes(thrown.code)) return thrown;
  throw thrown;
}

function describeTooMany({ release }: WantedPlan, { message, fix }: ApiError): string {
  return [`the server takes no plan of ${release.version} now:`, message, fix].filter(Boolean).join(' ');
}
