import { startServiceNowStub, type TestCertificate } from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { askSubject, expectRefusal, type SourceSubject, testSourceContract } from '../../testing/source-contract.ts';

const CHANGE = {
  number: 'CHG0030001',
  short_description: 'Release v1.3.3',
  state: ['-1', 'Implement'],
  approval: ['approved', 'Approved'],
  start_date: ['2026-06-16 09:00:00', '2026-06-16 11:00:00'],
  end_date: ['2026-06-16 12:00:00', '2026-06-16 14:00:00'],
  sys_id: 'c1',
} as const;

const RECORD = {
  number: 'CHG0030001',
  title: 'Release v1.3.3',
  states: ['-1', 'Implement'],
  approval: 'approved',
  startsAt: '2026-06-16T09:00:00.000Z',
  endsAt: '2026-06-16T12:00:00.000Z',
} as const;

const incident = (number: string, priority = '1', more: object = {}) => ({
  number,
  short_description: `what ${number} is about`,
  priority: [priority, `${priority} - Critical`] as const,
  opened_at: ['2026-06-15 07:30:00', '2026-06-15 09:30:00'] as const,
  active: 'true',
  'cmdb_ci.name': 'markets',
  'business_service.name': 'surveillance',
  ...more,
});

const CHG = { kind: 'change', number: 'CHG0030001' } as const;
const INCIDENTS = { kind: 'incidents', priorities: [1, 2] } as const;

async function open(certificate?: TestCertificate) {
  const stub = await startServiceNowStub(certificate);
  stub.instance.tables.change_request?.push(CHANGE);
  stub.instance.tables.incident?.push(
    incident('INC1'),
    incident('INC3', '3'),
    incident('INC0', '1', { active: 'false' }),
  );
  const open = [{ id: 'INC1', title: 'what INC1 is about', priority: 1, openedAt: '2026-06-15T07:30:00.000Z' }];
  return {
    stub,
    declaration: { service: 'servicenow', url: stub.url, user: 'towpath', secretFrom: 'TOWPATH_EVIDENCE_SN' },
    variables: { TOWPATH_EVIDENCE_SN: stub.instance.credentials.password },
    known: [
      { question: CHG, answer: { kind: 'change', record: RECORD } },
      { question: INCIDENTS, answer: { kind: 'incidents', open } },
    ],
    close: () => stub.close(),
  } satisfies SourceSubject;
}

describe('ServiceNow', () => {
  testSourceContract(open);
});

describe('A67 ServiceNow', () => {
  let subject: Awaited<ReturnType<typeof open>>;
  beforeEach(async () => {
    subject = await open();
  });
  afterEach(() => subject.close());
  const idsOf = async (declaration: SourceSubject['declaration'] = subject.declaration) => {
    const { answer } = await askSubject({ ...subject, declaration }, INCIDENTS);
    return answer.kind === 'incidents' ? answer.open.map(({ id }) => id) : [];
  };

  test('takes a token of OAuth, too', async () => {
    const { user: _, ...declaration } = subject.declaration;
    const variables = { TOWPATH_EVIDENCE_SN: 'oauth-token' };
    const { link } = await askSubject({ ...subject, declaration, variables }, CHG);
    expect(link).toBe(`${subject.stub.url}/change_request.do?sys_id=c1`);
    expect(subject.stub.requests.at(-1)?.headers.authorization).toBe('Bearer oauth-token');
  });

  test('takes a password of any letters', async () => {
    Object.assign(subject.stub.instance.credentials, { password: 'pässwort: mit Abstand' });
    const variables = { TOWPATH_EVIDENCE_SN: 'pässwort: mit Abstand' };
    expect((await askSubject({ ...subject, variables }, CHG)).answer.kind).toBe('change');
  });

  test('a record of another number is not taken for it', async () => {
    const found = await askSubject(subject, { kind: 'change', number: 'CHG9' });
    expect(found.answer).toEqual({ kind: 'change', record: null });
  });

  test.each([
    ['approved', 'approved'],
    ['rejected', 'rejected'],
    ['requested', 'waiting'],
    ['not requested', 'waiting'],
    ['', 'waiting'],
  ])('approval %s is %s', async (value, approval) => {
    subject.stub.instance.tables.change_request = [
      { ...CHANGE, approval: [value, value], start_date: '', end_date: '' },
    ];
    const { answer } = await askSubject(subject, CHG);
    expect(answer).toMatchObject({ record: { approval, startsAt: null, endsAt: null } });
  });

  test('incidents are those of the item or of the service', async () => {
    const other = { 'cmdb_ci.name': 'payroll' };
    subject.stub.instance.tables.incident?.push(
      incident('INC4', '2', other),
      incident('INC5', '2', { ...other, 'business_service.name': 'hr' }),
    );
    const { declaration } = subject;
    const configurationItem = 'markets';
    expect(await idsOf({ ...declaration, configurationItem })).toEqual(['INC1']);
    expect(await idsOf({ ...declaration, configurationItem, businessService: 'surveillance' })).toEqual([
      'INC1',
      'INC4',
    ]);
  });

  test('the last of many pages counts, and who has more is not asked for all', async () => {
    const many = Array.from({ length: 249 }, (_, at) => incident(`INC${1000 + at}`));
    subject.stub.instance.tables.incident?.push(...many);
    const found = await idsOf();
    expect([found.length, found.at(-1)]).toEqual([250, 'INC1248']);
    expect(subject.stub.requests.map(({ url }) => url.searchParams.get('sysparm_offset'))).toEqual(['0', '100', '200']);
    const more = Array.from({ length: 2000 }, (_, at) => incident(`INC${5000 + at}`));
    subject.stub.instance.tables.incident?.push(...more);
    await expectRefusal(idsOf(), 'TOO_LARGE');
  });

  test('a value can not end a condition, nor be run', async () => {
    for (const number of ['CHG1^ORnumber=CHG0030001', 'javascript:gs.print()', 'CHG1\n'])
      await expectRefusal(askSubject(subject, { kind: 'change', number }), 'QUESTION_INVALID');
    expect(subject.stub.requests).toEqual([]);
  });

  test('texts that nobody could keep or read are made such', async () => {
    const title = `a\0b\ud800${'x'.repeat(10_000)}`;
    subject.stub.instance.tables.change_request = [{ ...CHANGE, short_description: title }];
    const { answer, excerpt } = await askSubject(subject, CHG);
    expect(answer).toMatchObject({ record: { title: expect.stringMatching(/^ab\ufffdx{490,500}$/) } });
    expect([excerpt.length, excerpt.isWellFormed()]).toEqual([2000, true]);
  });

  test('dates that are none are no answer', async () => {
    subject.stub.instance.tables.change_request = [{ ...CHANGE, start_date: '16/06/2026' }];
    await expectRefusal(askSubject(subject, CHG), 'ANSWER_INVALID');
  });
});
