// Deletes what is past by itself, once a day, where the environment declares it. Of several agents the server lets one do it.
import { setTimeout as pause } from 'node:timers/promises';
import { ClaimRetention, type Client } from '@towpath/api';
import { findRetentionTimes, formatErrorLines, toErrorFacts } from '@towpath/core';
import type { AgentSession } from '../session/agent-session.ts';
import { type RetentionPassOptions, runRetentionPass } from './run-retention-pass.ts';

/** What the desk works with. */
export interface RetentionDeskOptions extends Omit<RetentionPassOptions, 'environment'> {
  readonly client: Client;
  readonly session: AgentSession;
}

export interface RetentionDesk {
  /** Sleeps until a pass is due, does it, and so on until the signal fires. */
  run(): Promise<void>;
  /** The declaration may say another time now. */
  refresh(): void;
  /** When the signal has fired: waits at most so long for a pass that goes on; false: it still does. */
  close(timeoutMs: number): Promise<boolean>;
}

interface DeskState {
  /** `HH:MM`, as last read. */
  daily: string | undefined;
  /** When the pass was due that was done last, here or elsewhere. */
  settledAt: Date | undefined;
  changed: AbortController;
  pass: Promise<void>;
}

/** Creates the desk; nothing is read before it runs. */
export function createRetentionDesk(options: RetentionDeskOptions): RetentionDesk {
  const state: DeskState = {
    daily: undefined,
    settledAt: undefined,
    changed: new AbortController(),
    pass: Promise.resolve(),
  };
  return {
    run: async () => {
      while (!options.signal.aborted) await runOnce(options, state);
    },
    refresh: () => state.changed.abort(),
    close: (timeoutMs) => endsWithin(state.pass, timeoutMs),
  };
}

/** Does what is due, then sleeps until the next time or a change of the declaration. */
async function runOnce(options: RetentionDeskOptions, state: DeskState): Promise<void> {
  const { clock, session, signal } = options;
  state.changed = new AbortController();
  const waking = AbortSignal.any([signal, state.changed.signal]);
  const { environment } = await session.get(signal);
  readDaily(options, state, environment.name);
  if (state.daily === undefined) return await untilFired(waking);
  const { lastAt, nextAt } = findRetentionTimes(state.daily, clock.now());
  if (state.settledAt === undefined || state.settledAt < lastAt) {
    state.pass = settle(options, environment.name, lastAt);
    await state.pass;
    state.settledAt = lastAt;
    return;
  }
  await clock.sleepUntil(nextAt, waking).catch((thrown: unknown) => {
    if (!waking.aborted) throw thrown;
  });
}

/** A file that can't be read leaves the last time in force: data must not stay because it is half saved. */
function readDaily({ read, log }: RetentionDeskOptions, state: DeskState, environment: string): void {
  try {
    state.daily = read(environment)?.environment.sizing.retentionDaily;
  } catch (thrown) {
    log(formatErrorLines(toErrorFacts(thrown)));
  }
}

/** A pass that was missed, because no agent was there, is made up for: the server knows whether one was done. */
async function settle(options: RetentionDeskOptions, environment: string, at: Date): Promise<void> {
  const { client, session, signal } = options;
  const dueAt = at.toISOString();
  const { isTaken, sessionId } = await session.ask(
    async ({ sessionId }, callSignal) => {
      const params = { sessionId };
      return { sessionId, ...(await client.call(ClaimRetention, { params, body: { dueAt }, signal: callSignal })) };
    },
    { signal },
  );
  if (isTaken) await runRetentionPass({ ...options, environment }, { sessionId, dueAt });
}

async function endsWithin(pass: Promise<void>, timeoutMs: number): Promise<boolean> {
  const over = new AbortController();
  const late = pause(timeoutMs, false, { signal: over.signal }).catch(() => false);
  const ended = pass.then(
    () => true,
    () => true,
  );
  return await Promise.race([ended, late]).finally(() => over.abort());
}

function untilFired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
