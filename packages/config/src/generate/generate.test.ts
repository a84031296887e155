import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'dotenv';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseEnvFile } from '../env-file/parse-env-file.ts';
import { parseProject } from '../project-file/read-project.ts';
import { formatConfigModule } from './format-config-module.ts';
import { formatEnvExample, quoteEnvValue } from './format-env-example.ts';

const { declaration } = parseProject(
  '/nowhere',
  `name: finks
variables:
  AWS_REGION: { type: string, default: ca-central-1, description: "Region of everything */" }
  PREFIX: { type: prefix, required: true, example: dev }
  RAW: { type: bucket, value: "\${PREFIX}-raw" }
  WORKERS: { type: integer, default: 2, min: 1, max: 8 }
  DEBUG_MODE: { type: boolean }
  SIZE: { type: enum, values: [small, large], required: true }
  MOOD: { type: enum, values: [good, bad] }
  API_KEY: { type: string, default: hunter2 }
environments:
  dev: { kind: shared, registry: registry.dev.example }
  prod: { kind: production, zones: { raw: prod-raw } }
`,
);

describe('config/.env.example', () => {
  it('A2 lists every key, sets all that can be set, and shows no secret', () => {
    const text = formatEnvExample(declaration);
    const { values, problems } = parseEnvFile('config/.env.example', text);
    expect(problems).toEqual([]);
    for (const { name, template } of declaration.variables.values()) {
      expect(text).toContain(name);
      expect(values.has(name)).toBe(template === undefined);
    }
    expect(values.get('PREFIX')?.text).toBe('dev');
    expect(text).toContain(
      '# Region of everything */\n# (string, optional, default ca-central-1)\nAWS_REGION=ca-central-1\n',
    );
    expect(text).not.toContain('hunter2');
  });

  it('a value comes back as it was, with dotenv too', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !/[\r\\]/.test(text)),
        (text) => {
          const quoted = quoteEnvValue(text);
          if (quoted === '') return;
          expect(parseEnvFile('f', `A=${quoted}`)).toMatchObject({ problems: [] });
          expect(parseEnvFile('f', `A=${quoted}`).values.get('A')?.text).toBe(text);
          expect(parse(`A=${quoted}`)).toEqual({ A: text });
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('config/config.ts', () => {
  let folder: string;
  beforeAll(() => {
    // In the repository, where the compiler finds the types of Node.
    folder = mkdtempSync(join(tmpdir(), 'towpath-types-'));
    writeFileSync(join(folder, 'config.ts'), formatConfigModule(declaration));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (code: string, env: Record<string, string>): string => {
    writeFileSync(join(folder, 'main.ts'), `import { config, CONFIGURATION } from './config.ts';\n${code}\n`);
    return execFileSync(process.execPath, [join(folder, 'main.ts')], { env, encoding: 'utf8', stdio: 'pipe' }).trim();
  };

  const check = (code: string): string => {
    writeFileSync(
      join(folder, 'main.ts'),
      `import { config, CONFIGURATION } from './config.ts';\n${code}\nexport {};\n`,
    );
    const types = new URL('../../../../node_modules/@types', import.meta.url).pathname;
    const words = [
      '--strict',
      '--noEmit',
      '--noUncheckedIndexedAccess',
      '--exactOptionalPropertyTypes',
      '--noUnusedLocals',
      '--allowImportingTsExtensions',
      '--erasableSyntaxOnly',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--typeRoots',
      types,
      '--types',
      'node',
      join(folder, 'main.ts'),
    ];
    const tsc = new URL('../../../../node_modules/typescript/bin/tsc', import.meta.url).pathname;
    try {
      return execFileSync(process.execPath, [tsc, ...words], { encoding: 'utf8', stdio: 'pipe' });
    } catch (thrown) {
      return thrown instanceof Error && 'stdout' in thrown ? String(thrown.stdout) : String(thrown);
    }
  };

  it('gives values of their types; an unset one fails by its name when it is read', () => {
    const env = { PREFIX: 'dev', RAW: 'dev-raw', WORKERS: '3', DEBUG_MODE: 'no', SIZE: 'small' };
    const code =
      'console.log(JSON.stringify([config.PREFIX, config.WORKERS, config.DEBUG_MODE, config.SIZE, config.MOOD ?? null, CONFIGURATION]));';
    expect(JSON.parse(run(code, env))).toEqual([
      'dev',
      3,
      false,
      'small',
      null,
      ['AWS_REGION', 'PREFIX', 'RAW', 'WORKERS', 'SIZE', 'API_KEY'],
    ]);
    expect(() => run('console.log(config.AWS_REGION);', env)).toThrow(/AWS_REGION is not set here/);
    expect(() => run('console.log(config.WORKERS);', { WORKERS: 'many' })).toThrow(/WORKERS is not a number/);
    expect(() => run('console.log(config.SIZE);', { SIZE: 'huge' })).toThrow(/small, large/);
  });

  it('A7 has the names that follow from the environment, perhaps missing where only some environments have them', () => {
    const env = { TOWPATH_BRONZE_ZONE: 'dev-bronze-zone', DBT_TARGET: 'dev' };
    expect(run('console.log(config.TOWPATH_BRONZE_ZONE, config.DBT_TARGET, CONFIGURATION.length);', env)).toMatch(
      /^dev-bronze-zone dev \d$/,
    );
    const code = (type: string) =>
      `const a: string = config.TOWPATH_BRONZE_DATABASE; const b: ${type} = config.TOWPATH_REGISTRY ?? config.TOWPATH_RAW_ZONE; console.log(a, b, CONFIGURATION);`;
    expect(check(code('string | undefined'))).toBe('');
    expect(check(code('string')).match(/error TS/g)).toHaveLength(1);
  });

  it('is checked by the compiler: types, words of an enum, unknown and perhaps missing variables', () => {
    expect(
      check(
        "const a: number = config.WORKERS; const b: 'small' | 'large' = config.SIZE; const c: string = config.RAW; console.log(a, b, c, CONFIGURATION);",
      ),
    ).toBe('');
    const errors = check(
      "const a: string = config.WORKERS; const b: 'tiny' = config.SIZE; const c: boolean = config.DEBUG_MODE; console.log(a, b, c, config.NOPE, CONFIGURATION);",
    );
    expect(errors.match(/error TS/g)).toHaveLength(4);
  });
});
