import { startDynatraceStub, type TestCertificate } from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  askSubject,
  expectRefusal,
  NOW_MS,
  type SourceSubject,
  testSourceContract,
} from '../../testing/source-contract.ts';

const HOUR_MS = 3600 * 1000;
const DEPLOYED_MS = NOW_MS - 5 * HOUR_MS;
const SELECTOR = 'builtin:service.response.time:avg';

const problem = (displayId: string, severityLevel: string, more: object = {}) => ({
  displayId,
  title: `what ${displayId} is about`,
  status: 'OPEN' as const,
  severityLevel,
  startTime: NOW_MS - 3 * 24 * HOUR_MS,
  ...more,
});

const METRICS = {
  kind: 'metrics',
  selector: SELECTOR,
  aroundAt: new Date(DEPLOYED_MS).toISOString(),
  hours: 24,
} as const;
const PROBLEMS = { kind: 'incidents', priorities: [1, 2] } as const;

async function open(certificate?: TestCertificate) {
  const stub = await startDynatraceStub(certificate);
  stub.environment.problems.push(
    problem('P-1', 'AVAILABILITY'),
    problem('P-2', 'RESOURCE_CONTENTION'),
    problem('P-3', 'ERROR', { status: 'CLOSED' }),
  );
  stub.environment.metrics[SELECTOR] = [
    { atMs: DEPLOYED_MS - HOUR_MS, value: 100 },
    { atMs: DEPLOYED_MS - 2 * HOUR_MS, value: 300 },
    { atMs: DEPLOYED_MS - 25 * HOUR_MS, value: 9999 },
    { atMs: DEPLOYED_MS, value: 150 },
    { atMs: DEPLOYED_MS + HOUR_MS, value: null },
  ];
  const comparison = { selector: SELECTOR, before: 200, after: 150 };
  const openedAt = new Date(NOW_MS - 3 * 24 * HOUR_MS).toISOString();
  return {
    stub,
    declaration: { service: 'dynatrace', url: stub.url, secretFrom: 'TOWPATH_EVIDENCE_DT' },
    variables: { TOWPATH_EVIDENCE_DT: stub.environment.token },
    known: [
      {
        question: PROBLEMS,
        answer: { kind: 'incidents', open: [{ id: 'P-1', title: 'what P-1 is about', priority: 1, openedAt }] },
      },
      { question: METRICS, answer: { kind: 'metrics', comparison } },
    ],
    close: () => stub.close(),
  } satisfies SourceSubject;
}

describe('Dynatrace', () => {
  testSourceContract(open);
});

describe('A67 Dynatrace', () => {
  let subject: Awaited<ReturnType<typeof open>>;
  beforeEach(async () => {
    subject = await open();
  });
  afterEach(() => subject.close());

  test('a problem that nobody ended for months is found, and what is new to us counts always', async () => {
    subject.stub.environment.problems.push(
      problem('P-4', 'ERROR', { startTime: NOW_MS - 300 * 24 * HOUR_MS }),
      problem('P-5', 'UNHEARD_OF'),
    );
    const { answer } = await askSubject(subject, PROBLEMS);
    expect(answer).toMatchObject({ open: [{ id: 'P-1' }, { id: 'P-4', priority: 2 }, { id: 'P-5', priority: null }] });
  });

  test('the last of many pages counts; a page is asked for by its key alone', async () => {
    subject.stub.environment.pageSize = 2;
    subject.stub.environment.problems.push(problem('P-6', 'PERFORMANCE'), problem('P-7', 'ERROR'));
    const { answer } = await askSubject(subject, PROBLEMS);
    expect(answer).toMatchObject({ open: [{ id: 'P-1' }, { id: 'P-7' }] });
    expect([...(subject.stub.requests.at(-1)?.url.searchParams.keys() ?? [])]).toEqual(['nextPageKey']);
    subject.stub.environment.pageSize = 1;
    subject.stub.environment.problems.push(...Array.from({ length: 20 }, (_, at) => problem(`P-1${at}`, 'ERROR')));
    await expectRefusal(askSubject(subject, PROBLEMS), 'TOO_LARGE');
  });

  test('metrics without values are said to have none', async () => {
    subject.stub.environment.metrics[SELECTOR] = [];
    const comparison = { selector: SELECTOR, before: null, after: null };
    expect((await askSubject(subject, METRICS)).answer).toEqual({ kind: 'metrics', comparison });
  });

  test('what lies ahead is not asked for', async () => {
    const aroundAt = new Date(NOW_MS).toISOString();
    const { answer } = await askSubject(subject, { ...METRICS, aroundAt });
    expect(answer).toMatchObject({ comparison: { after: null } });
    expect(subject.stub.requests).toHaveLength(1);
  });

  test('the selectors of the declaration are sent along', async () => {
    const declaration = {
      ...subject.declaration,
      problemSelector: 'managementZones("m")',
      entitySelector: 'type(HOST)',
    };
    await askSubject({ ...subject, declaration }, PROBLEMS);
    const parameters = subject.stub.requests[0]?.url.searchParams;
    expect(parameters?.get('problemSelector')).toBe('status("open"),managementZones("m")');
    expect(parameters?.get('entitySelector')).toBe('type(HOST)');
  });

  test('a metric that it does not know is no answer', async () => {
    await expectRefusal(askSubject(subject, { ...METRICS, selector: 'nothing' }), 'HTTP_ERROR');
  });
});
