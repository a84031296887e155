import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getProject } from '@towpath/config';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ResolvedVariables, resolveVariables } from './resolve-variables.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'towpath-resolve-'));
  mkdirSync(join(folder, 'config'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function declare(text: string): void {
  writeFileSync(join(folder, 'towpath.yaml'), `name: x\n${text}`);
}

function writeFile(text: string): void {
  writeFileSync(join(folder, 'config/.env.dev'), text);
}

function resolve(processVariables: Readonly<Record<string, string>> = {}, environment = 'dev'): ResolvedVariables {
  return resolveVariables(getProject(folder), { environment, processVariables });
}

const ALL = `environments:
  dev: { kind: shared, values: { A: project } }
  prod: { kind: production }
variables:
  A: { type: string, default: standard }
`;

it('a value comes from the process, else its file, else the project, else the default', () => {
  declare(ALL);
  writeFile('A=file\n');
  expect(resolve({ A: 'process' })).toEqual({ ENVIRONMENT: 'dev', A: 'process' });
  expect(resolve()).toMatchObject({ A: 'file' });
  writeFile('A=\n');
  expect(resolve()).toMatchObject({ A: 'project' });
  writeFileSync(join(folder, 'config/.env.prod'), '');
  expect(resolve({}, 'prod')).toMatchObject({ A: 'standard' });
});

it('a project may let the file win', () => {
  declare(`configuration: { fileWins: true }\n${ALL}`);
  writeFile('A=file\n');
  expect(resolve({ A: 'process' })).toMatchObject({ A: 'file' });
});

it('computed values follow from others, in any order, and nothing gives them directly', () => {
  declare(`environments: { dev: { kind: shared } }
variables:
  C: { type: string, value: "\${B}!" }
  B: { type: string, value: "\${ENVIRONMENT}-\${A}" }
  A: { type: string, default: a }
`);
  writeFile('B=other\n');
  expect(resolve({ C: 'other' })).toMatchObject({ B: 'dev-a', C: 'dev-a!' });
});

it('all unset variables are named together; a circle is unset as well', () => {
  declare(`environments: { dev: { kind: shared } }
variables:
  BUCKET: { type: bucket, value: "\${PREFIX}-bronze-zone" }
  PREFIX: { type: prefix }
  KEY: { type: string, secret: true, required: true }
  X: { type: string, value: "\${Y}" }
  Y: { type: string, value: "\${X}" }
`);
  writeFile('');
  expect(() => resolve()).toThrow('[DEV] Variables have no value: PREFIX, KEY, X, Y.');
});

it('no resolved value has the text of an unset one in it', () => {
  declare(`environments: { dev: { kind: shared } }
variables:
  A: { type: string }
  B: { type: string }
  C: { type: string, value: "\${A}-\${B}-zone" }
`);
  writeFile('');
  const Text = fc.option(fc.stringMatching(/^[a-z]{0,3}$/), { nil: undefined });
  fc.assert(
    fc.property(Text, Text, (a, b) => {
      const given = { ...(a !== undefined && { A: a }), ...(b !== undefined && { B: b }) };
      const isComplete = Boolean(a) && Boolean(b);
      if (isComplete) expect(resolve(given).C).toBe(`${a}-${b}-zone`);
      else expect(() => resolve(given)).toThrow(/no value/);
    }),
  );
});

it('a missing file says which, and how to make it; an unknown environment names the nearest', () => {
  declare(ALL);
  expect(() => resolve()).toThrow('[DEV] config/.env.dev is missing.');
  expect(() => resolve({}, 'prd')).toThrow(
    expect.objectContaining({ code: 'ENVIRONMENT_UNKNOWN', fix: 'Did you mean prod?' }),
  );
});
