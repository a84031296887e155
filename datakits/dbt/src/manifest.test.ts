import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DATAKIT_VERSION } from './cli.ts';
import { parseRunResults } from './run-results.ts';
import { VARIABLES } from './variables.ts';

const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

it('the manifest lists the version and every variable', () => {
  const manifest = read('datakit.yaml');
  expect(manifest).toContain(`\nversion: ${DATAKIT_VERSION}\n`);
  expect(JSON.parse(read('package.json')).version).toBe(DATAKIT_VERSION);
  const listed = [...manifest.matchAll(/- name: (\w+)\n +required: (true|false)/g)];
  expect(listed.map(([, name, required]) => ({ name, isRequired: required === 'true' }))).toEqual(VARIABLES);
});

it.each([
  ['{'],
  ['{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/run-results/v9.json"},"results":[]}'],
])('A84 results that are none this datakit knows are refused: %s', (text) => {
  expect(() => parseRunResults(text)).toThrow(expect.objectContaining({ code: 'DBT_RESULTS_UNREADABLE' }));
});
