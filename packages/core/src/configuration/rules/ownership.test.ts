import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OwnedKind } from '../declaration.ts';
import {
  buildEnvironment,
  buildOwnership,
  buildProject,
  buildVariable,
  resolveFor,
} from '../testing/build-declaration.ts';
import type { ValueType } from '../value-type.ts';
import { compilePattern } from './match-pattern.ts';
import { createOwnershipTable, judgeOwnership } from './ownership.ts';

/** A name, and values of every type that can name it: of these a resolver must let none through. */
const WAYS: readonly (readonly [
  OwnedKind,
  fc.Arbitrary<string>,
  (name: string) => readonly (readonly [ValueType, string])[],
])[] = [
  [
    'hosts',
    fc.stringMatching(/^(?:db|api)[0-9]?\.(?:dev|prod)\.example$/),
    (host) => [
      ['host', host],
      ['host', host.toUpperCase()],
      ['host', `${host}.`],
      ['hostPort', `${host}:9092`],
      ['hostPort', `k.shared.example:1,${host}:9092`],
      ['url', `https://${host}/x`],
      ['url', `https://user:pw@${host}:8443/x?y=z`],
      ['dsn', `postgresql://u:pw@${host}/orders`],
      ['dsn', `postgresql://k.shared.example,${host}/orders`],
      ['dsn', `postgresql://k.shared.example/orders?host=${host}`],
      ['dsn', `jdbc:sqlserver://${host};database=x`],
      ['dsn', `Server=${host},1433;Database=x`],
      ['dsn', `host=${host} dbname=x`],
      ['string', `http://${host}`],
    ],
  ],
  [
    'buckets',
    fc.stringMatching(/^(?:dev|prod)-[a-z]{2,6}$/),
    (bucket) => [
      ['bucket', bucket],
      ['bucket', `s3://${bucket}/a`],
      ['url', `s3://${bucket}/a`],
      ['url', `gs://${bucket}`],
      ['arn', `arn:aws:s3:::${bucket}/a`],
      ['string', `s3://${bucket}/a`],
    ],
  ],
  [
    'databases',
    fc.stringMatching(/^(?:dev|prod)_[a-z]{1,6}$/),
    (name) => [
      ['database', name],
      ['database', name.toUpperCase()],
      ['dsn', `postgresql://k.shared.example/${name}`],
      ['dsn', `postgresql://k.shared.example/?dbname=${name}`],
    ],
  ],
  [
    'accounts',
    fc.stringMatching(/^[12]{12}$/),
    (account) => [
      ['account', account],
      ['arn', `arn:aws:iam::${account}:role/x`],
      ['principal', `arn:aws:iam::${account}:role/x`],
    ],
  ],
  [
    'principals',
    fc.stringMatching(/^(?:dev|prod)-[a-z]{1,6}$/),
    (name) => [
      ['principal', name],
      ['dsn', `postgresql://${name}@k.shared.example/x`],
    ],
  ],
  [
    'realms',
    fc.stringMatching(/^(?:DEV|PROD)\.EXAMPLE$/),
    (realm) => [
      ['realm', realm],
      ['principal', `svc@${realm}`],
    ],
  ],
  ['namespaces', fc.stringMatching(/^x-(?:dev|prod)$/), (name) => [['namespace', name]]],
  [
    'secretPaths',
    fc.stringMatching(/^\/(?:dev|prod)\/[a-z]{1,5}$/),
    (path) => [
      ['secretPath', path],
      ['secretPath', `/.${path}`.replace('/.', '/./')],
      ['string', `secret://${path}#key`],
      ['string', `secret://${path.slice(1)}`],
      ['arn', `arn:aws:secretsmanager:eu-west-1:999999999999:secret:${path}-AbCdEf`],
    ],
  ],
  [
    'paths',
    fc.stringMatching(/^\/srv\/(?:dev|prod)\/[a-z]{1,5}$/),
    (path) => [
      ['path', path],
      ['path', path.replace('/srv', '//srv')],
      ['url', `file://${path}`],
    ],
  ],
];

describe('ownership', () => {
  it.each(WAYS)(
    'A8 no value of any type that names %s of another environment passes, whatever is own or shared besides',
    (kind, names, list) => {
      const pattern = fc.oneof(
        names,
        names.map((name) => name.replace(/[a-z0-9]{1,2}$/i, '*')),
        names.map((name) => `*${name.slice(2)}`),
        fc.constant('*'),
      );
      fc.assert(
        fc.property(
          names,
          pattern,
          fc.tuple(fc.array(pattern, { maxLength: 2 }), fc.array(pattern, { maxLength: 2 })),
          fc.constantFrom('shared' as const, 'production' as const),
          (name, theirs, [own, shared], environmentKind) => {
            const me = buildEnvironment('me', environmentKind, { owns: buildOwnership({ [kind]: own }) });
            const other = buildEnvironment('other', 'shared', { owns: buildOwnership({ [kind]: [theirs] }) });
            const common = buildOwnership({
              hosts: ['k.shared.example'],
              accounts: kind === 'accounts' ? [] : ['9*'],
              [kind]: kind === 'hosts' ? ['k.shared.example', ...shared] : shared,
            });
            for (const [type, text] of list(name)) {
              const project = buildProject([me, other], [buildVariable({ name: 'V', type })], { shared: common });
              const { problems, values } = resolveFor(project, me, { envFile: { V: text } });
              expect(values.get('V')?.text).toBe(text);
              const isForeign =
                compilePattern(theirs)(name) ||
                (kind === 'hosts' && compilePattern(theirs)('k.shared.example') && text.includes('k.shared'));
              if (isForeign)
                expect([text, problems.map(({ code }) => code)]).toEqual([
                  text,
                  expect.arrayContaining(['RESOURCE_OWNED_BY_OTHER']),
                ]);
            }
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  const prod = buildEnvironment('prod', 'production', {
    owns: buildOwnership({
      hosts: ['*.prod.example'],
      databases: ['prod_*'],
      urls: ['https://api.partner.example/prod/'],
    }),
  });
  const project = buildProject([prod], [], { shared: buildOwnership({ hosts: ['sql.company.example'] }) });
  const judge = (type: ValueType, text: string) => {
    const { problems } = resolveFor(
      { ...project, variables: new Map([['V', buildVariable({ name: 'V', type })]]) },
      prod,
      { envFile: { V: text } },
    );
    return problems.map(({ code }) => code);
  };

  it.each<[ValueType, string, readonly string[]]>([
    ['dsn', 'postgresql://db.prod.example/whatever', []],
    ['dsn', 'postgresql://sql.company.example/prod_orders', []],
    ['dsn', 'postgresql://sql.company.example/orders', ['RESOURCE_UNOWNED']],
    ['dsn', 'postgresql://db.prod.example,elsewhere.example/prod_x', ['RESOURCE_UNOWNED']],
    ['dsn', 'postgresql://elsewhere.example/prod_x', ['RESOURCE_UNOWNED']],
    ['url', 'https://sql.company.example/x', []],
    ['url', 'https://api.partner.example/prod/v1', []],
    ['url', 'https://api.partner.example/dev/v1', ['RESOURCE_UNOWNED']],
    ['hostPort', 'a.prod.example:1,b.example:2', ['RESOURCE_UNOWNED']],
    ['bucket', 'raw-data', ['RESOURCE_UNOWNED']],
    ['port', '5432', []],
    ['string', 'raw-data', []],
  ])('A8 in production %s %s has an owner or is refused', (type, text, codes) => {
    expect(judge(type, text)).toEqual(codes);
  });

  it.each([
    ['db.elsewhere.example:1', /^List it under environments\.prod\.owns\.hosts/],
    ['127.0.0.1:1', /^It is whatever machine or container .*To try prod out on this machine: List it under/],
    ['localhost:1', /^It is whatever machine/],
  ])('what to do about %s in production', (text, fix) => {
    const { problems } = resolveFor(
      { ...project, variables: new Map([['V', buildVariable({ name: 'V', type: 'hostPort' })]]) },
      prod,
      { envFile: { V: text } },
    );
    expect(problems).toMatchObject([{ code: 'RESOURCE_UNOWNED', fix: expect.stringMatching(fix) }]);
  });

  const int = buildEnvironment('int', 'shared', { owns: buildOwnership({ secretPaths: ['/prod/from-int/'] }) });
  const apart = buildProject([int, buildEnvironment('prod', 'production')], [], {
    shared: buildOwnership({ secretPaths: ['/prod/common/'] }),
  });
  it.each<[ValueType, string, boolean]>([
    ['string', 'secret:///prod/api#token', true],
    ['string', 'secret:///PROD/api', true],
    ['string', 'secret://prod/api', true],
    ['secretPath', '/prod/api', true],
    ['string', 'secret:///int/api', false],
    ['string', 'secret:///production/api', false],
    ['string', 'secret:///prod/common/smtp', false],
    ['string', 'secret:///prod/from-int/key', false],
  ])('A8 %s %s is prod’s without a declaration: %s', (type, text, isForeign) => {
    const declared = { ...apart, variables: new Map([['V', buildVariable({ name: 'V', type })]]) };
    const { problems } = resolveFor(declared, int, { envFile: { V: text } });
    expect(problems.map(({ code }) => code)).toEqual(isForeign ? ['RESOURCE_OWNED_BY_OTHER'] : []);
  });

  it('A8 references of targets and sinks are judged like those of variables', () => {
    const target = {
      type: 'postgres',
      host: 'db',
      port: '5432',
      database: 'x',
      password: 'secret:///prod/db#pw',
    } as const;
    const sink = {
      name: 'slack',
      sink: 'slack',
      url: 'secret:///prod/slack',
      to: [],
      from: undefined,
      secret: undefined,
      severities: [],
    } as const;
    const careless = buildEnvironment('int', 'shared', { targets: new Map([['bronze', target]]), notify: [sink] });
    const { problems } = resolveFor(buildProject([careless, buildEnvironment('prod', 'production')], []), careless);
    expect(problems.map(({ code, variable }) => `${code} ${variable}`)).toEqual([
      'RESOURCE_OWNED_BY_OTHER targets.bronze.password',
      'RESOURCE_OWNED_BY_OTHER notify.slack.url',
    ]);
  });

  it('a database inside a host of its own needs no owner; several owners of one name refuse both', () => {
    const a = buildEnvironment('a', 'shared', { owns: buildOwnership({ buckets: ['data-*'] }) });
    const b = buildEnvironment('b', 'shared', { owns: buildOwnership({ buckets: ['*-raw'] }) });
    const table = createOwnershipTable(buildProject([a, b], []));
    const resource = { kind: 'buckets', names: ['data-raw'], role: 'place' } as const;
    expect(judgeOwnership(table, 'a', [resource], false)).toMatchObject({
      verdict: 'foreign',
      owner: { environment: 'b' },
    });
    expect(judgeOwnership(table, 'b', [resource], false)).toMatchObject({
      verdict: 'foreign',
      owner: { environment: 'a' },
    });
  });

  it('patterns match as their regular expression would, in linear time', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', 'A') });
    const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '*', '/') });
    fc.assert(
      fc.property(letters, patterns, (name, pattern) => {
        const whole = pattern.endsWith('/') ? `${pattern}*` : pattern;
        const expected = new RegExp(`^${whole.replaceAll('*', '.*')}$`, 'is');
        const isFolder = pattern.endsWith('/') && expected.test(`${name}/`);
        expect(compilePattern(pattern)(name)).toBe(isFolder || expected.test(name));
      }),
      { numRuns: 2000 },
    );
    expect(compilePattern(`${'a*'.repeat(50)}b`)('a'.repeat(100_000))).toBe(false);
  });
});

describe('paths', () => {
  const owns = buildOwnership({ paths: ['./data/prod/', '/srv/shared/prod'] });
  const prod = buildEnvironment('prod', 'production', { owns });
  const table = createOwnershipTable({
    environments: new Map([
      ['dev', buildEnvironment('dev')],
      ['prod', prod],
    ]),
    shared: buildOwnership(),
    folder: '/home/ada/finks',
  });
  const judge = (name: string) =>
    judgeOwnership(table, 'dev', [{ kind: 'paths', role: 'place', names: [name] }], false).verdict;

  it.each([
    ['data/prod/orders', 'foreign'],
    ['/home/ada/finks/data/prod/orders', 'foreign'],
    ['/srv/shared/prod', 'foreign'],
    ['/elsewhere/data/prod/orders', 'unclaimed'],
    ['data/dev/orders', 'unclaimed'],
    ['/home/ada/finks/data/dev', 'unclaimed'],
  ])('A8 a relative path and its absolute spelling are one place: %s is %s', (name, verdict) => {
    expect(judge(name)).toBe(verdict);
  });
});
