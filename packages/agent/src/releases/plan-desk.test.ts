// A79: an agent and a server that has taken enough plans of a promotion.
import { createClient } from '@towpath/api';
import { expect, test } from 'vitest';
import type { AgentSession } from '../session/agent-session.ts';
import { createServerLink } from '../session/server-link.ts';
import { createPlanDesk } from './plan-desk.ts';

const SESSION = {
  sessionId: '01930000-0000-7000-8000-000000000001',
  leaseSeconds: 30,
  environment: { name: 'int', kind: 'shared' },
} as const;
const WANTED = {
  promotionId: '01930000-0000-7000-8000-000000000002',
  sha256: null,
  release: { id: 'f'.repeat(64), version: 'v1', gitSha: 'a'.repeat(40), datakits: [] },
};
const MADE = {
  ...{ promotionId: WANTED.promotionId, output: '', isOutputCut: false, error: null },
  file: { sha256: 'e'.repeat(64), sizeBytes: 1 },
};
const TOO_MANY = {
  ...{ type: 'about:blank', title: 'Too many.', status: 429, code: 'DEPLOY_PLANS_TOO_MANY' },
  fix: 'It is taken again from 2026-12-01T10:00:00.000Z on.',
};

function open(answers: readonly Response[]) {
  const left = [...answers];
  const happened: string[] = [];
  const log = (line: string) => void happened.push(line);
  const link = createServerLink(log);
  const session: AgentSession = {
    get: () => Promise.resolve(SESSION),
    ask: (act, options) => link.ask((signal) => act(SESSION, signal), options),
    isCurrent: () => true,
    close: () => Promise.resolve(true),
  };
  const fetch = () => {
    happened.push('reported');
    return Promise.resolve(left.shift() ?? Response.json({}));
  };
  const desk = createPlanDesk({
    ...{ session, log, stateFolder: '/nowhere', client: createClient({ baseUrl: 'http://server', fetch }) },
    make: () => {
      happened.push('made');
      return Promise.resolve(MADE);
    },
    wait: () => {
      happened.push('waited');
      return Promise.resolve();
    },
  });
  return { desk, happened };
}

test('A79 where too many plans were made an agent says so and waits before it is asked again', async () => {
  const { desk, happened } = open([Response.json(TOO_MANY, { status: 429 })]);
  await desk.make(WANTED, new AbortController().signal);
  expect(happened).toEqual([
    'made',
    'reported',
    'the server takes no plan of v1 now: Too many. It is taken again from 2026-12-01T10:00:00.000Z on.',
    'waited',
  ]);
  expect(desk.hasMade({ ...WANTED, sha256: MADE.file.sha256 })).toBe(false);
  await desk.make(WANTED, new AbortController().signal);
  expect(happened.slice(4)).toEqual(['made', 'reported']);
  expect(desk.hasMade({ ...WANTED, sha256: MADE.file.sha256 })).toBe(true);
});

test('A79 a plan that nobody waits for any more is let be', async () => {
  const problem = { ...TOO_MANY, status: 409, code: 'DEPLOY_PLAN_NOT_WANTED' };
  const { desk, happened } = open([Response.json(problem, { status: 409 })]);
  await desk.make(WANTED, new AbortController().signal);
  expect(happened).toEqual(['made', 'reported', 'nobody waits for the plan of v1 any more']);
});
