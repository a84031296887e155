import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { LiteralLanguage } from './literal.ts';
import { createPythonLanguage } from './python-language.ts';
import { rewriteFile } from './rewrite-file.ts';
import { createSqlLanguage } from './sql-language.ts';
import { createTypeScriptLanguage } from './typescript-language.ts';
import { createYamlLanguage } from './yaml-language.ts';

const KNOWN = { environments: ['dev', 'prod'], resources: new Set(['analytics']) };
const PYTHON = createPythonLanguage('from config.config import Config');
const TYPESCRIPT = createTypeScriptLanguage("import { config } from './config.ts';");

function rewrite(source: string, language: LiteralLanguage): string {
  return rewriteFile({ path: 'file', source }, language, KNOWN).source;
}

function rewritePython(line: string): string {
  return rewrite(`import os\n${line}\n`, PYTHON)
    .replace(/^(?:from config.config import Config\n)?import os\n/, '')
    .trimEnd();
}

describe('Python', () => {
  it.each([
    [`a = "prod-bronze-zone"`, `a = Config.BRONZE_BUCKET`],
    [`a = 's3://prod-bronze-zone/x'`, `a = f's3://{Config.BRONZE_BUCKET}/x'`],
    [`a = r"s3://prod-bronze-zone\\x"`, `a = fr"s3://{Config.BRONZE_BUCKET}\\x"`],
    [`a = f"s3://prod-bronze-zone/{day}"`, `a = f"s3://{Config.BRONZE_BUCKET}/{day}"`],
    [`a = ("prod-bronze-zone" "/x")`, `a = (f"{Config.BRONZE_BUCKET}" "/x")`],
    [`a = """\nprod-bronze-zone\n"""`, `a = f"""\n{Config.BRONZE_BUCKET}\n"""`],
    [`a = {"prod-bronze-zone": 1}`, `a = {Config.BRONZE_BUCKET: 1}`],
    [`a = 'it\\'s' + "prod-bronze-zone"`, `a = 'it\\'s' + Config.BRONZE_BUCKET`],
  ])('%s becomes %s', (before, after) => {
    expect(rewritePython(before)).toBe(after);
  });

  it.each([
    `# prod-bronze-zone`,
    `"""About prod-bronze-zone."""`,
    `a = b"prod-bronze-zone"`,
    `a = "{}/prod-bronze-zone/x"`,
    `a = f"{names['prod-bronze-zone']}"`,
    `a = "prod-bronze-zone"  # towpath: ignore the name is a constant of the vendor`,
  ])('%s stays', (line) => {
    expect(rewritePython(line)).toBe(line);
  });

  it('the import stands behind what has to be first', () => {
    const source = `"""A module."""\nfrom __future__ import annotations\n\nA = "prod-bronze-zone"\n`;
    expect(rewrite(source, PYTHON)).toBe(
      `"""A module."""\nfrom __future__ import annotations\n\nfrom config.config import Config\n\nA = Config.BRONZE_BUCKET\n`,
    );
  });
});

describe('TypeScript', () => {
  const rewriteLine = (line: string): string => rewrite(line, TYPESCRIPT).replace(/^import .*\n\n/, '');

  it.each([
    [`f('prod-bronze-zone');`, `f(config.BRONZE_BUCKET);`],
    [`f("s3://prod-bronze-zone/x");`, `f(\`s3://\${config.BRONZE_BUCKET}/x\`);`],
    [`f(\`s3://prod-bronze-zone/\${day}\`);`, `f(\`s3://\${config.BRONZE_BUCKET}/\${day}\`);`],
    [`const { a = 'prod-bronze-zone' } = b;`, `const { a = config.BRONZE_BUCKET } = b;`],
    [`const a = { [\`\${'prod-bronze-zone'}\`]: 1 };`, `const a = { [\`\${config.BRONZE_BUCKET}\`]: 1 };`],
  ])('%s becomes %s', (before, after) => {
    expect(rewriteLine(before)).toBe(after);
  });

  it.each([
    `import a from 'prod-bronze-zone';`,
    `type A = 'prod-bronze-zone';`,
    `const a = { 'prod-bronze-zone': 1 };`,
    `const a = /prod-bronze-zone/;`,
    `// 'prod-bronze-zone'`,
    `const a = <b c="prod-bronze-zone" />;`,
    `f('prod-bronze-zone\\n');`,
  ])('%s stays', (line) => {
    expect(rewriteLine(line)).toBe(line);
  });
});

it('a name never stands for two values', () => {
  const source = `a = "/prod/fmp/api_key"\nb = "/prod/fmp-api/key"\nc = "prod-bronze-zone"\n`;
  const computed = new Map([['BRONZE_BUCKET', `\${S3_BUCKET_PREFIX}-raw-zone`]]);
  const { values, source: after } = rewriteFile({ path: 'x.py', source }, PYTHON, { ...KNOWN, computed });
  expect(after).toContain('a = Config.FMP_API_KEY_PATH\nb = "/prod/fmp-api/key"\nc = "prod-bronze-zone"\n');
  expect(values.map(({ byHand }) => byHand)).toEqual([
    undefined,
    `FMP_API_KEY_PATH is /\${ENVIRONMENT}/fmp/api_key already`,
    `BRONZE_BUCKET is \${S3_BUCKET_PREFIX}-raw-zone already`,
  ]);
});

describe('SQL', () => {
  it('of dbt reads the variable, with quotes that fit', () => {
    const source = `select 's3://prod-gold-zone/x' from prod_analytics.t -- prod_analytics\n`;
    expect(rewrite(source, createSqlLanguage(true))).toBe(
      `select 's3://{{ env_var("GOLD_BUCKET") }}/x' from {{ env_var('ANALYTICS_DATABASE') }}.t -- prod_analytics\n`,
    );
  });

  it('of another kind is reported only', () => {
    const file = { path: 'x.sql', source: 'select 1 from prod_analytics.t' };
    const { source, values } = rewriteFile(file, createSqlLanguage(false), KNOWN);
    expect(source).toBe(file.source);
    expect(values).toMatchObject([{ line: 1, column: 15, byHand: expect.stringContaining('plain SQL') }]);
  });
});

const SCALAR = fc
  .array(
    fc.constantFrom(
      'prod-bronze-zone',
      'dev-gold-zone',
      's3://',
      '/',
      ' ',
      'a',
      "'",
      '"',
      '#',
      ': ',
      '{x}',
      '\\',
      '- ',
    ),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((parts) => parts.join('').trim());

describe('YAML', () => {
  it('of compose means the same once its variables are filled in, whatever the quotes', () => {
    fc.assert(
      fc.property(SCALAR, fc.constantFrom('plain', 'single', 'double'), (text, style) => {
        const scalar =
          style === 'double' ? JSON.stringify(text) : style === 'single' ? `'${text.replaceAll("'", "''")}'` : 'x';
        const source = `services:\n  a: { b: ${scalar}, c: ${scalar} } # end\n  d: ${style === 'plain' ? 's3://prod-bronze-zone/x' : scalar}\n`;
        // One environment at a time, so that filling in has one answer.
        if (source.includes('dev-') && source.includes('prod-')) return;
        const prefix = source.includes('dev-') ? 'dev' : 'prod';
        const rewritten = rewriteFile({ path: 'x', source }, createYamlLanguage('compose', KNOWN.environments), KNOWN);
        const templates = new Map(rewritten.variables.map(({ name, template = '' }) => [name, template]));
        const filled = JSON.stringify(parse(rewritten.source)).replaceAll(/\$\{(\w+)\}/g, (_, name: string) =>
          (templates.get(name) ?? name).replace(/\$\{\w+\}/, prefix),
        );
        expect(JSON.parse(filled)).toEqual(parse(source));
      }),
    );
  });

  it('what stands below a key of its environment is declared there', () => {
    const source = 'outputs:\n  prod: { database: prod_analytics }\n';
    expect(rewriteFile({ path: 'x', source }, createYamlLanguage('dbt', ['dev', 'prod']), KNOWN).values).toEqual([]);
  });
});
