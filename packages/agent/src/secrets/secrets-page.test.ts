import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const FOLDER = new URL('.', import.meta.url).pathname;
const PAGE = readFileSync(join(FOLDER, '../../../../docs/reference/secrets.md'), 'utf8');
const SOURCES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));

const listCodes = (text: string) => [...text.matchAll(/['`](SECRET_[A-Z_]+)['`]/g)].map(([, code = '']) => code);
const read = (paths: readonly string[]) => paths.map((path) => readFileSync(join(FOLDER, path), 'utf8')).join('\n');
const sorted = (codes: readonly string[]) => [...new Set(codes)].sort();

describe('the page about secrets', () => {
  it('has every code of an error, and no other', () => {
    const codes = listCodes(read(SOURCES.filter((path) => !path.endsWith('.test.ts'))));
    const [, table = ''] = PAGE.split('## Errors');
    expect(sorted(listCodes(table))).toEqual(sorted(codes));
  });

  it('every code has a test that raises it', () => {
    const contract = readFileSync(join(FOLDER, '../testing/secret-provider-contract.ts'), 'utf8');
    const tested = listCodes(read(SOURCES.filter((path) => path.endsWith('.test.ts'))) + contract);
    const [, table = ''] = PAGE.split('## Errors');
    expect(sorted(listCodes(table)).filter((code) => !tested.includes(code))).toEqual([]);
  });
});
