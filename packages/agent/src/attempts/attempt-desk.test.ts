// What a desk does with grants whose session, slot or agent is gone when they come, against a server that says what a test tells it to.
import {
  ApiError,
  type AttemptGrant,
  type Client,
  CloseSession,
  OpenSession,
  RenewSession,
  ReportStarted,
  ReturnAttempts,
} from '@towpath/api';
import { waitFor } from '@towpath/testkit';
import { expect, test } from 'vitest';
import { closeAgent } from '../close-agent.ts';
import type { HeldAttempt } from '../executors/executor.ts';
import { createServerLink } from '../session/server-link.ts';
import { type AttemptDesk, createAttemptDesk } from './attempt-desk.ts';
import { createRoster } from './roster.ts';

const idOf = (number: number) => `01890000-0000-7000-8000-0000000000${String(number).padStart(2, '0')}`;

const grantOf = (number: number, epoch = 1) =>
  ({
    ...{ attemptId: idOf(number), epoch, runId: idOf(90), runName: 'r', pipeline: 'p', taskId: `t${number}` },
    ...{ attemptNumber: 1, datakit: { name: 'k', version: '1.0.0', digest: null }, function: null, argv: ['x'] },
    ...{ environmentVariables: {}, parameters: {}, logicalAt: null, logicalDate: null, inputs: null },
    ...{ timeoutSeconds: 60, specHash: 'a'.repeat(64) },
  }) as AttemptGrant;

interface Call {
  readonly params: { readonly sessionId: string };
  readonly body: {
    readonly leftovers: readonly { readonly attemptId: string; readonly hasBegun?: false }[];
    readonly attempts: readonly { readonly attemptId: string; readonly epoch: number }[];
  };
}

type Answer = (route: unknown, call: Call) => unknown;

/** Never answered: whoever asks waits until the end. */
const NEVER = new Promise<never>(() => undefined);

const refusal = (status: number, code: string) =>
  new ApiError({ type: 'about:blank', title: code, status, code } as ConstructorParameters<typeof ApiError>[0]);

/** A desk with one slot, whose attempts never end, and a session that was opened first. */
async function startScene(answer: Answer) {
  const said: string[] = [];
  const began: string[] = [];
  let sessions = 0;
  const client = {
    call: async (route: unknown, call: Call) => {
      if (route === OpenSession) {
        sessions += 1;
        const adopted = call.body.leftovers.map(({ attemptId }) => grantOf(Number(attemptId.slice(-2)), sessions));
        said.push(`open ${JSON.stringify(call.body.leftovers.map(({ hasBegun }) => hasBegun ?? true))}`);
        const environment = { name: 'local', kind: 'local' };
        return { sessionId: idOf(60 + sessions), leaseSeconds: 30, environment, adopted, refused: [] };
      }
      return (await answer(route, call)) ?? NEVER;
    },
  } as unknown as Client;
  const hold = async (attemptId: string): Promise<HeldAttempt> => {
    began.push(attemptId);
    const nothing = async (): Promise<void> => undefined;
    return {
      ...{ attemptId, ended: NEVER, writeEpoch: nothing, remove: nothing, detach: () => undefined },
      ...{ cancel: () => undefined, getImage: () => undefined, note: undefined },
      log: { readFrom: async () => new Uint8Array(), close: nothing },
    } as unknown as HeldAttempt;
  };
  const startIt = ({ attemptId }: { readonly attemptId: string }) => hold(attemptId);
  const executor = { start: startIt, refuse: startIt, discard: async () => undefined, close: async () => undefined };
  const [closing, ended] = [new AbortController(), new AbortController()];
  const roster = createRoster(1);
  const log = (line: string): void => void said.push(line);
  const desk = createAttemptDesk({
    ...{ client, link: createServerLink(log), roster, log, executor, closing: closing.signal, ended: ended.signal },
    ...{ agent: { version: '1', environmentVariables: {} }, instanceId: idOf(80), datakits: [], leftovers: [] },
    ...{ followed: { find: () => undefined, note: () => undefined }, checkTargets: async () => undefined },
    findNeeds: () => undefined,
  } as unknown as Parameters<typeof createAttemptDesk>[0]);
  const { sessionId } = await desk.session.get(ended.signal);
  const idle = { close: async () => true };
  const close = () => {
    const parts = { ...desk, executor, roster, closing, ended, audit: idle, retention: idle, unlock: () => undefined };
    return closeAgent(parts as unknown as Parameters<typeof closeAgent>[0], false);
  };
  /** Says something in the session, which turns out to have ended; resolves in the next one. */
  const openAnew = () =>
    desk.session.ask((session, signal) => client.call(RenewSession, { params: session, signal }), {
      signal: ended.signal,
    });
  return { desk, began, said, roster, sessionId, close, openAnew };
}

/** Answers renewals of the first session with its end. */
function renew(route: unknown, { params }: Call): unknown {
  if (route !== RenewSession) return undefined;
  if (params.sessionId === idOf(61)) throw refusal(409, 'SESSION_ENDED');
  return { leaseSeconds: 30, cancel: [] };
}

const begin = (desk: AttemptDesk, sessionId: string, ...numbers: readonly number[]) =>
  desk.startGrants(
    numbers.map((number) => grantOf(number)),
    sessionId,
  );

test('a grant of a session that has ended does not begin', async () => {
  const { desk, began, roster, sessionId, openAnew } = await startScene(renew);
  await openAnew();
  begin(desk, sessionId, 1);
  expect([roster.list(), began]).toEqual([[], []]);
  begin(desk, idOf(62), 2);
  await waitFor('the other to begin', 5_000, () => began.length > 0);
  expect(began).toEqual([idOf(2)]);
});

test('what waits while a session is opened anew is told as unbegun, and given back when the agent closes', async () => {
  const returned: string[] = [];
  const { desk, began, said, sessionId, openAnew, close } = await startScene((route, call) => {
    if (route !== ReturnAttempts) return renew(route, call);
    returned.push(...call.body.attempts.map(({ attemptId, epoch }) => `${attemptId} ${epoch}`));
    return { kept: [] };
  });
  begin(desk, sessionId, 1, 2);
  await waitFor('the first to begin', 5_000, () => began.length > 0);
  await openAnew();
  expect(said).toContain('open [true,false]');
  await close();
  expect([began, returned]).toEqual([[idOf(1)], [`${idOf(2)} 2`]]);
});

test('given back, the answer lost and the repetition refused: the server is asked whose it is, and it does not begin', async () => {
  let asked = 0;
  const { desk, began, roster, sessionId } = await startScene((route) => {
    if (route === ReportStarted) return { stale: [idOf(2)] };
    if (route !== ReturnAttempts) return undefined;
    asked += 1;
    throw asked === 1 ? refusal(502, 'BAD_GATEWAY') : refusal(404, 'ROUTE_UNKNOWN');
  });
  begin(desk, sessionId, 1, 2);
  const given = roster.find(idOf(2));
  await given?.done;
  expect([asked, began]).toEqual([2, [idOf(1)]]);
});

test('a grant that comes while the agent closes is returned before its session is closed', async () => {
  const order: string[] = [];
  const { desk, began, sessionId, close } = await startScene((route) => {
    if (route === ReturnAttempts) order.push('return');
    if (route === CloseSession) order.push('close');
    return route === ReturnAttempts ? { kept: [] } : { ended: true };
  });
  const closed = close();
  begin(desk, sessionId, 1);
  await closed;
  expect([order, began]).toEqual([['return', 'close'], []]);
});
