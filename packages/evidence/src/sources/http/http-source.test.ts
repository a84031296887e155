import { startServiceStub, type TestCertificate } from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { askSubject, expectRefusal, type SourceSubject, testSourceContract } from '../../testing/source-contract.ts';
import { fillTemplate } from './fill-template.ts';
import { findByPointer } from './json-pointer.ts';

const VALUES = { environment: 'prod', version: 'v1.3.3', commit: 'a'.repeat(40), changeRecord: 'CHG1' };
const QUESTION = { kind: 'statement', values: VALUES } as const;
const BODY = { onCall: [{ name: 'rita', isAcknowledged: true }], none: [], echoed: '' };

async function open(certificate?: TestCertificate) {
  const stub = await startServiceStub({
    certificate,
    answer: ({ headers: { authorization } }) =>
      authorization === 'Bearer on-call-token'
        ? { body: { ...BODY, echoed: authorization } }
        : { status: 401, body: { error: 'who are you?' } },
  });
  return {
    stub,
    declaration: {
      service: 'http',
      url: `${stub.url}/on-call/{environment}?release={version}`,
      secretFrom: 'TOWPATH_EVIDENCE_ONCALL',
      pointer: '/onCall/0/name',
    },
    variables: { TOWPATH_EVIDENCE_ONCALL: 'on-call-token' },
    known: [
      { question: QUESTION, answer: { kind: 'statement', statement: { holds: true, seen: 'rita', wanted: null } } },
    ],
    close: () => stub.close(),
  } satisfies SourceSubject;
}

describe('HTTP', () => {
  testSourceContract(open);
});

describe('A67 HTTP', () => {
  let subject: Awaited<ReturnType<typeof open>>;
  beforeEach(async () => {
    subject = await open();
  });
  afterEach(() => subject.close());

  test.each([
    ['a value', { pointer: '/onCall/0/name', equals: 'rita' }, true, 'rita'],
    ['another value', { pointer: '/onCall/0/name', equals: 'rob' }, false, 'rita'],
    ['a truth', { pointer: '/onCall/0/isAcknowledged', equals: true }, true, 'true'],
    ['the text of a truth is none', { pointer: '/onCall/0/isAcknowledged', equals: 'true' }, false, 'true'],
    ['an empty list', { pointer: '/none' }, false, '[]'],
    ['a place that is not there', { pointer: '/onCall/1/name' }, false, null],
    ['what objects inherit', { pointer: '/constructor' }, false, null],
  ])('looks for %s', async (_, wanted, holds, seen) => {
    const declaration = { ...subject.declaration, ...wanted };
    const { answer } = await askSubject({ ...subject, declaration }, QUESTION);
    expect(answer).toMatchObject({ statement: { holds, seen } });
  });

  test('what is sent back of a credential is masked', async () => {
    const { excerpt } = await askSubject(subject, QUESTION);
    expect(excerpt).toContain('Bearer ***');
    expect(excerpt).not.toContain('on-call-token');
    const declaration = { ...subject.declaration, pointer: '/echoed' };
    const { answer } = await askSubject({ ...subject, declaration }, QUESTION);
    expect(answer).toMatchObject({ statement: { seen: 'Bearer ***' } });
  });

  test('what stands in the address is a value and nothing else', async () => {
    const environment = 'p/../x?y=z#&@evil.example';
    await askSubject(subject, { kind: 'statement', values: { ...VALUES, environment } });
    const { url } = subject.stub.requests[0] ?? {};
    expect(url?.pathname).toBe(`/on-call/${encodeURIComponent(environment)}`);
    expect([...(url?.searchParams.keys() ?? [])]).toEqual(['release']);
  });

  test.each([
    ['a step in a path', 'https://h/{environment}/x', { environment: '..' }],
    ['no value', 'https://h/{environment}/x', { environment: '' }],
    ['a place nobody knows', 'https://h/{secret}', { environment: 'e' }],
    ['what objects inherit', 'https://h/{constructor}', { environment: 'e' }],
    ['a place in the host', 'https://{environment}.example/', { environment: 'e' }],
    ['a place that becomes the host', 'https:///{environment}', { environment: 'evil.example' }],
    ['a place in the port', 'https://h:{environment}/', { environment: '1' }],
    ['a place for a user', 'https://{environment}@h/', { environment: 'u' }],
  ])('an address with %s is asked nothing', (_, template, values) => {
    expect(() => fillTemplate(template, values)).toThrow(expect.objectContaining({ code: 'QUESTION_INVALID' }));
  });

  test('pointers are those of RFC 6901', () => {
    const document = { foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'm~n': 8, ' ': 7 };
    const found = ['', '/foo/0', '/', '/a~1b', '/m~0n', '/ ', '/foo/00', '/foo/-'].map((one) =>
      findByPointer(document, one),
    );
    expect(found).toEqual([document, 'bar', 0, 1, 8, 7, undefined, undefined]);
  });

  test('a question of another place is refused where no value is', async () => {
    const declaration = { ...subject.declaration, url: `${subject.stub.url}/{changeRecord}` };
    const values = { ...VALUES, changeRecord: '' };
    await expectRefusal(askSubject({ ...subject, declaration }, { kind: 'statement', values }), 'QUESTION_INVALID');
  });
});
