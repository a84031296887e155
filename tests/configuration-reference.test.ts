// docs/reference/configuration.md is executed: its project is written as it stands there, each command run, each output
// compared. A command that fails shows what the executable would print.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createJsonSchema } from '@towpath/config';
import { VALUE_TYPES } from '@towpath/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { executePage, runConsoleLine } from './support/executed-page.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

const PATH = new URL('../docs/reference/configuration.md', import.meta.url);
const PAGE = readFileSync(PATH, 'utf8');

let project: TestProject;
beforeAll(() => {
  project = createTestProject('configuration-reference');
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(PAGE) ?? [];
  project.write('towpath.yaml', yaml);
  mkdirSync(join(project.folder, 'config'), { recursive: true });
  for (const [, name = '', text = ''] of PAGE.matchAll(/`config\/\.env\.(\w+)`:\n\n```ini\n([\s\S]*?)```/g)) {
    writeFileSync(join(project.folder, 'config', `.env.${name}`), text);
  }
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(PAGE) ?? [];
  project.write('pipelines/hard-coded.ts', code);
});
afterAll(() => project.remove());

test('A4 A7 A9 every command of docs/reference/configuration.md prints what stands there (refresh: npx vitest run tests/configuration-reference.test.ts -u)', async () => {
  const page = await executePage(PAGE, (line) => runConsoleLine(project.folder, line));
  // The one that the file holds, and no other.
  expect(page.match(/hunter2/g)).toHaveLength(1);
  await expect(page).toMatchFileSnapshot(PATH.pathname);
});

test('A77 the page names every key of the schema and every type', () => {
  const names = [...JSON.stringify(createJsonSchema()).matchAll(/"properties":\{"(\w+)"|,"(\w+)":\{/g)].map(
    ([, a, b]) => a ?? b ?? '',
  );
  const words = new Set(PAGE.match(/\w+/g));
  const noKeys = new Set(['additionalProperties', 'items', 'propertyNames', 'properties']);
  expect(names.filter((name) => !noKeys.has(name) && !words.has(name))).toEqual([]);
  expect(VALUE_TYPES.filter((type) => !PAGE.includes(`\`${type}\``))).toEqual([]);
});
