import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareEnvironments } from '@towpath/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProjectFileError, readProject } from '../project-file/read-project.ts';
import { getEnvironment } from '../select/select-environment.ts';
import { validateAll } from '../validate/validate-all.ts';
import { assertUsable } from './assert-usable.ts';
import { resolveConfiguration } from './resolve-configuration.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'towpath-resolve-'));
  mkdirSync(join(folder, 'config'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (yaml: string, files: Readonly<Record<string, string>> = {}): void => {
  writeFileSync(join(folder, 'towpath.yaml'), `name: finks\n${yaml}`);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'config', `.env.${name}`), text);
};

const resolve = (
  name: string,
  env: Readonly<Record<string, string>> = {},
  flags: Readonly<Record<string, string>> = {},
) => {
  const project = readProject(folder);
  return resolveConfiguration({
    project,
    environment: getEnvironment(project.declaration, name),
    processVariables: env,
    flags,
  });
};

const PREFIXED = `variables: { PREFIX: { type: prefix }, RAW: { type: bucket, value: "\${PREFIX}-raw" } }\n`;

describe('resolveConfiguration', () => {
  it('A2 ENVIRONMENT=x reads config/.env.x, and every value knows its place', () => {
    write(`${PREFIXED}environments: { dev: { kind: shared }, qa: { kind: shared } }`, {
      dev: '# first\nPREFIX=dev',
      qa: 'PREFIX=qa',
    });
    expect(resolve('dev').values.get('PREFIX')).toMatchObject({
      text: 'dev',
      source: 'envFile',
      place: { file: 'config/.env.dev', line: 2 },
    });
    expect(resolve('qa').values.get('RAW')).toMatchObject({ text: 'qa-raw', source: 'computed' });
    expect(resolve('qa', { PREFIX: 'x' }, { PREFIX: 'y' }).values.get('RAW')?.text).toBe('y-raw');
  });

  it('A3 a missing file is a problem with the path and the command; a project without variables needs none', () => {
    write(`${PREFIXED}environments: { dev: { kind: shared } }`);
    const configuration = resolve('dev');
    expect(() => assertUsable(configuration)).toThrow(
      expect.objectContaining({
        code: 'ENVIRONMENT_FILE_MISSING',
        reason: expect.stringContaining('config/.env.dev is missing'),
        fix: 'cp config/.env.example config/.env.dev, and fill it in.',
      }),
    );
    write('environments: { dev: { kind: shared } }');
    expect(resolve('dev').problems).toEqual([]);
  });

  it('A6 guards of production and own ones are told together, also one that can not be evaluated', () => {
    write(
      `variables:
  PREFIX: { type: prefix }
  DEBUG_MODE: { type: boolean }
  LOG_LEVEL: { type: logLevel }
  WORKERS: { type: integer }
guards:
  - { name: few, when: "kind == 'production'", rule: "WORKERS <= 4 && environment.size() == 4", message: Too many workers. }
  - { name: broken, rule: "WORKERS.startsWith('x')", message: It does not hold. }
  - { name: elsewhere, when: "kind == 'local'", rule: "false" }
environments: { prod: { kind: production, owns: { buckets: ["prod-*"] } } }
`,
      { prod: 'PREFIX=dev\nDEBUG_MODE=on\nLOG_LEVEL=WARNING\nWORKERS=5' },
    );
    expect(resolve('prod').problems.map(({ code, rule }) => `${code} ${rule}`)).toEqual([
      'PRODUCTION_PREFIX production-prefix',
      'PRODUCTION_DEBUG production-debug',
      'PRODUCTION_LOG_LEVEL production-log-level',
      'GUARD_BROKEN few',
      'GUARD_BROKEN broken',
    ]);
    write(
      'environments: { prod: { kind: production } }\nvariables: { SECRET_KEY: { type: string } }\nguards: [ { name: x, rule: "SECRET_KEY == \'a\'" } ]',
    );
    expect(() => readProject(folder)).toThrow(
      expect.objectContaining({ code: 'PROJECT_FILE_INVALID', reason: expect.stringContaining('SECRET_KEY') }),
    );
  });

  it('A7 an environment file that names another environment is refused: who loads it by dotenv would believe it', () => {
    write(
      'variables: { REGION: { type: string } }\nenvironments: { dev: { kind: shared }, prod: { kind: production } }',
      {
        dev: 'ENVIRONMENT=prod\nDBT_TARGET=dev\nPULUMI_STACK=prod\nTOWPATH_NAMESPACE=\nREGION=eu',
      },
    );
    expect(resolve('dev').problems.map(({ code, variable }) => `${code} ${variable}`)).toEqual([
      'COMPUTED_CONTRADICTED ENVIRONMENT',
      'COMPUTED_CONTRADICTED PULUMI_STACK',
    ]);
  });

  it('a rotated secret does not change the hash, anything else does', () => {
    write(
      'variables: { KEY: { type: string, secret: true }, REGION: { type: string } }\nenvironments: { dev: { kind: shared } }',
      { dev: 'KEY=a\nREGION=eu' },
    );
    const { hash } = resolve('dev');
    expect(resolve('dev', { KEY: 'b' }).hash).toBe(hash);
    expect(resolve('dev', { REGION: 'us' }).hash).not.toBe(hash);
  });

  it('what `towpath dev` brings stands above everything, computed variables too, and others are computed from it', () => {
    write(
      `variables:
  DB: { type: database, value: "\${ENVIRONMENT}_bronze" }
  NEXT: { type: string, value: "\${DB}_next" }
  PORT: { type: port, default: 1 }
environments: { local: { kind: local } }
`,
    );
    const project = readProject(folder);
    const { values, problems } = resolveConfiguration({
      project,
      environment: getEnvironment(project.declaration, 'local'),
      processVariables: { PORT: '2' },
      devVariables: { DB: 'bronze', PORT: '3', OTHER: 'x' },
      missingFile: 'none',
    });
    expect(problems).toEqual([]);
    expect([...values.values()].slice(-3).map(({ name, text, source }) => `${name} ${text} ${source}`)).toEqual([
      'DB bronze dev',
      'NEXT bronze_next computed',
      'PORT 3 dev',
    ]);
  });

  it('an optional part of a target that is one unset variable is left out; a part of a longer text is not', () => {
    const list = (password: string) => {
      write(
        `variables: { PW: { type: string, secret: true } }
environments:
  dev: { kind: shared, targets: { bronze: { type: postgres, host: h.example, database: b, password: "${password}" } } }
`,
        { dev: '' },
      );
      const { targets, problems } = resolve('dev');
      return [targets.get('bronze'), ...problems.map(({ code }) => code)];
    };
    expect(list(`\${PW}`)).toMatchObject([{ host: 'h.example', password: undefined }]);
    expect(list(`x\${PW}`)).toEqual([undefined, 'TARGET_INVALID']);
  });

  it('A38 targets are filled in, checked and owned like variables; a reference stays one', () => {
    write(
      `variables: { DB_HOST: { type: host } }
environments:
  dev:
    kind: shared
    secrets: { provider: file }
    zones: { landing: dev-landing }
    targets:
      bronze: { type: postgres, host: "\${DB_HOST}", database: bronze_dev, user: loader, password: "secret://w#p" }
      lake: { type: s3, location: "\${TOWPATH_LANDING_ZONE}" }
  prod: { kind: production, owns: { hosts: ["*.prod.example"], buckets: ["prod-*"] } }
`,
      { dev: 'DB_HOST=db.dev.example', prod: '' },
    );
    const { targets, problems } = resolve('dev');
    expect(problems).toEqual([]);
    expect(targets.get('bronze')).toMatchObject({ host: 'db.dev.example', port: '5432', password: 'secret://w#p' });
    expect(targets.get('lake')).toMatchObject({ location: 'dev-landing' });
    expect(
      resolve('dev', { DB_HOST: 'db.prod.example' }).problems.map(({ code, variable }) => `${code} ${variable}`),
    ).toEqual(['RESOURCE_OWNED_BY_OTHER DB_HOST', 'RESOURCE_OWNED_BY_OTHER targets.bronze']);
  });

  it('every problem of towpath.yaml is told with its line, an unknown key with the nearest one', () => {
    write(
      'variables:\n  A: { type: strin }\n  B: { type: string, requird: true }\nenvironments:\n  dev:\n    kind: shared\n    own: {}\n',
    );
    try {
      readProject(folder);
      expect.unreachable();
    } catch (thrown) {
      if (!(thrown instanceof ProjectFileError)) throw thrown;
      expect(thrown.problems.map(({ place, fix }) => `${place?.line}:${place?.column} ${fix}`)).toEqual([
        expect.stringMatching(/^3:8 /),
        '4:22 Did you mean required?',
        '8:5 Did you mean owns?',
      ]);
    }
  });

  it('numbers keep the form in which they are written', () => {
    write(
      'variables: { VERSION: { type: string, default: 1.10 }, CODE: { type: string, default: 007 }, ON: { type: boolean, default: TRUE } }\nenvironments: { dev: { kind: shared } }',
      { dev: '' },
    );
    expect(['VERSION', 'CODE', 'ON'].map((name) => resolve('dev').values.get(name)?.text)).toEqual([
      '1.10',
      '007',
      'TRUE',
    ]);
  });
});

describe('validateAll', () => {
  it('A8 two environments that name the same are refused, unless it is shared; a database counts with its host', () => {
    const files = { dev: 'DB=postgresql://h.example/a', qa: 'DB=postgresql://h.example/b' };
    const yaml = 'variables: { DB: { type: dsn } }\nenvironments: { dev: { kind: shared }, qa: { kind: shared } }\n';
    write(yaml, files);
    expect(validateAll(readProject(folder)).problems.map(({ code, environment }) => `${code} ${environment}`)).toEqual([
      'IDENTITY_SHARED qa',
    ]);
    write(`${yaml}shared: { hosts: [h.example] }`, files);
    expect(validateAll(readProject(folder)).problems).toEqual([]);
    write(`${yaml}shared: { hosts: [h.example] }`, { ...files, qa: files.dev });
    expect(validateAll(readProject(folder)).problems).toMatchObject([
      { code: 'IDENTITY_SHARED', environment: 'qa', variable: 'DB' },
    ]);
  });

  it('judges what is known where a file is not here, if that is asked for', () => {
    write(`${PREFIXED}environments: { dev: { kind: shared }, prod: { kind: production, values: { PREFIX: live } } }`, {
      dev: 'PREFIX=dev',
    });
    expect(validateAll(readProject(folder)).problems.map(({ code }) => code)).toContain('ENVIRONMENT_FILE_MISSING');
    expect(validateAll(readProject(folder), { missingFile: 'unknown' }).problems.map(({ code }) => code)).toEqual([
      'RESOURCE_UNOWNED',
      'PRODUCTION_PREFIX',
    ]);
  });

  it('A38 a target is there only where its `when` holds, and one that can not be judged is a problem', () => {
    const list = (zones: string, when = "ZONES.startsWith('http')"): readonly string[] => {
      write(
        `variables: { ZONES: { type: string, required: true } }
environments:
  dev:
    kind: shared
    targets:
      folder: { type: folder, location: "\${ZONES}", when: "!(${when})" }
      bucket: { type: s3, location: "s3://dev-bronze-zone", endpoint: "\${ZONES}", pathStyle: yes, when: "${when}" }
`,
        { dev: `ZONES=${zones}` },
      );
      const { targets, problems } = resolve('dev');
      return [...targets.keys(), ...problems.map(({ code, variable }) => `${code} ${variable}`)];
    };
    expect(list('/srv/zones')).toEqual(['folder']);
    expect(list('http://127.0.0.1:9000')).toEqual(['bucket']);
    expect(list('')).toEqual(['VARIABLE_UNSET ZONES']);
    expect(list('/srv', 'ZONES +')).toEqual([
      'TARGET_INVALID targets.folder.when',
      'TARGET_INVALID targets.bucket.when',
    ]);
  });

  it('A6 what follows from a value that is missing is not told besides: computed texts, guards, targets', () => {
    write(
      `variables:
  PREFIX: { type: prefix, required: true, description: Its prefix }
  RAW: { type: bucket, value: "\${PREFIX}-raw" }
  LAKE: { type: bucket, value: "\${RAW}-lake" }
  OTHER: { type: string }
guards: [ { name: short, rule: "PREFIX.size() < 5" }, { name: other, rule: "OTHER == 'x'" } ]
environments:
  dev:
    kind: shared
    targets:
      lake: { type: s3, location: "\${LAKE}" }
      by-other: { type: folder, location: x, when: "OTHER.startsWith('a')" }
`,
      { dev: 'OTHER=' },
    );
    expect(resolve('dev').problems.map(({ message, expected }) => [message, expected])).toEqual([
      ['[DEV] PREFIX (Its prefix) has no value.', 'a value of type prefix'],
      [
        '[DEV] The when of the target by-other must be about variables that have a value; OTHER has none.',
        'about variables that have a value; OTHER has none',
      ],
      ['[DEV] The guard other does not hold.', "OTHER == 'x'"],
    ]);
  });

  it('A2 a missing file is one problem, which names what it has to set', () => {
    write(
      `variables: { A: { type: string, required: true }, B: { type: bucket, required: true }, C: { type: bucket, value: "\${B}-c" } }
environments: { dev: { kind: shared } }
`,
      {},
    );
    expect(resolve('dev').problems).toMatchObject([
      { code: 'ENVIRONMENT_FILE_MISSING', expected: 'a file config/.env.dev that sets A, B' },
    ]);
  });

  it('A41 retention is asserted to be the same in two environments, whatever else of their sizes differs', () => {
    const sizes = (days: number) =>
      write(
        `parity: { same: [sizing.retentionDays] }
environments:
  int: { kind: shared, sizing: { cpu: 1, retentionDays: 30 } }
  prod: { kind: production, sizing: { cpu: 2, retentionDays: ${days} } }
`,
        { int: '', prod: '' },
      );
    const compare = (days: number) => {
      sizes(days);
      const [left, right] = ['int', 'prod'].map((name) => resolve(name));
      if (left === undefined || right === undefined) throw new Error('two sides');
      return compareEnvironments(readProject(folder).declaration, left, right);
    };
    expect(compare(30)).toMatchObject([{ subject: 'sizing.cpu', isAllowed: true }]);
    expect(compare(365)).toMatchObject([
      { subject: 'sizing.cpu', isAllowed: true },
      { subject: 'sizing.retentionDays', left: '30', right: '365', isAllowed: false, reason: 'named in parity.same' },
    ]);
  });

  it('two secrets that differ are said to, though their masks are the same', () => {
    write(
      'variables: { KEY: { type: string, secret: true } }\nenvironments: { int: { kind: shared }, prod: { kind: production } }',
      { int: 'KEY=one-password', prod: 'KEY=two-password' },
    );
    const [left, right] = ['int', 'prod'].map((name) => resolve(name));
    if (left === undefined || right === undefined) throw new Error('two sides');
    expect(compareEnvironments(readProject(folder).declaration, left, right)).toMatchObject([
      { subject: 'KEY', isAllowed: false, reason: 'they differ (masked); must be the same' },
    ]);
  });

  it('A81 every difference is listed, red outside what is allowed', () => {
    write(
      `variables:
  PROJECT_ID: { type: account, parity: id }
  KAFKA_BROKERS: { type: hostPort, parity: broker }
  RETENTION: { type: integer }
  MODE: { type: string }
  FLAG: { type: string }
parity: { allowed: [id], variables: [FLAG] }
environments:
  int: { kind: shared, sizing: { cpu: 1 } }
  prod: { kind: production, sizing: { cpu: 2 }, executor: kubernetes, owns: { accounts: [p2], hosts: [k2] } }
`,
      {
        int: 'PROJECT_ID=p1\nKAFKA_BROKERS=k1:1\nRETENTION=7\nMODE=a\nFLAG=x',
        prod: 'PROJECT_ID=p2\nKAFKA_BROKERS=k2:1\nRETENTION=7\nFLAG=y',
      },
    );
    const [left, right] = ['int', 'prod'].map((name) => resolve(name));
    if (left === undefined || right === undefined) throw new Error('two sides');
    const differences = compareEnvironments(readProject(folder).declaration, left, right);
    expect(differences.map(({ subject, isAllowed }) => `${subject} ${isAllowed ? 'allowed' : 'red'}`)).toEqual([
      'PROJECT_ID allowed',
      'KAFKA_BROKERS red',
      'MODE red',
      'FLAG allowed',
      'executor red',
      'sizing.cpu red',
    ]);
    expect(compareEnvironments(readProject(folder).declaration, left, left)).toEqual([]);
  });
});
