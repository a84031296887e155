// An agent without processes: opens a session and says about attempts what a test tells it to.
import {
  AGENT_PROTOCOL,
  type AttemptGrant,
  ClaimAttempts,
  type Client,
  FinishAttempts,
  type FinishedAttempt,
  OpenSession,
  ReportStarted,
  ReturnAttempts,
} from '@towpath/api';

type AttemptKey = Pick<AttemptGrant, 'attemptId' | 'epoch'>;

/** Where it runs, and what it found there. */
export interface SimulatedHost {
  readonly host: string;
  readonly bootId: string;
  /** Default: none, like an older agent. */
  readonly instanceId?: string | undefined;
  /** The session before it that it knows of. */
  readonly follows?: string | undefined;
  /** Default: this version's. */
  readonly protocol?: number;
  readonly leftovers: readonly (Pick<AttemptGrant, 'attemptId' | 'epoch' | 'specHash'> & {
    readonly hasBegun?: false;
  })[];
}

/** One session. */
export interface SimulatedAgent {
  readonly sessionId: string;
  readonly adopted: readonly AttemptGrant[];
  readonly refused: readonly string[];
  claim(slots?: number, waitMs?: number, signal?: AbortSignal): Promise<AttemptGrant[]>;
  /** Claims without slots: what should be cancelled. */
  listCancels(waitMs?: number): Promise<string[]>;
  start(grants: readonly AttemptKey[]): Promise<string[]>;
  /** Gives them back unbegun; returns those that it has to run all the same. */
  giveBack(grants: readonly AttemptKey[]): Promise<string[]>;
  /** Finishes with these facts; returns the stale ones. */
  finish(grants: readonly AttemptKey[], facts?: Partial<FinishedAttempt>): Promise<string[]>;
}

/** The report of an attempt that succeeded, unless told otherwise. */
export function buildFinish({ attemptId, epoch }: AttemptKey, facts: Partial<FinishedAttempt> = {}): FinishedAttempt {
  const success = { outcome: 'succeeded', exitCode: 0, reasonCode: null, reason: null, result: null } as const;
  return { attemptId, epoch, ...success, logLengthBytes: 0, ...facts };
}

/** Opens a session. */
export async function openSimulatedAgent(client: Client, host: Partial<SimulatedHost> = {}): Promise<SimulatedAgent> {
  const { leftovers = [], ...where } = host;
  const found = leftovers.map(({ attemptId, epoch, specHash, hasBegun }) => ({
    ...{ attemptId, epoch, specHash },
    ...(hasBegun === false && { hasBegun }),
  }));
  const opened = await client.call(OpenSession, {
    body: { host: 'host-1', bootId: 'boot-1', version: '1.2.3', protocol: AGENT_PROTOCOL, ...where, leftovers: found },
  });
  const params = { sessionId: opened.sessionId };
  const finish = async (grants: readonly AttemptKey[], facts?: Partial<FinishedAttempt>) => {
    const attempts = grants.map((grant) => buildFinish(grant, facts));
    return (await client.call(FinishAttempts, { params, body: { attempts, slots: 0 } })).stale;
  };
  return {
    sessionId: opened.sessionId,
    adopted: opened.adopted,
    refused: opened.refused,
    claim: async (slots = 100, waitMs = 0, signal = undefined) =>
      (await client.call(ClaimAttempts, { params, body: { slots, waitMs }, ...(signal && { signal }) })).attempts,
    listCancels: async (waitMs = 0) =>
      (await client.call(ClaimAttempts, { params, body: { slots: 0, waitMs } })).cancel,
    start: async (grants) => {
      const attempts = grants.map(({ attemptId, epoch }) => ({ attemptId, epoch }));
      return (await client.call(ReportStarted, { params, body: { attempts } })).stale;
    },
    giveBack: async (grants) => {
      const attempts = grants.map(({ attemptId, epoch }) => ({ attemptId, epoch }));
      return (await client.call(ReturnAttempts, { params, body: { attempts } })).kept;
    },
    finish,
  };
}
