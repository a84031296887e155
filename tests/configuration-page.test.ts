// docs/reference/configuration.md, done as it says.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runTowpath } from './support/instance.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

const PAGE = readFileSync(fileURLToPath(new URL('../docs/reference/configuration.md', import.meta.url)), 'utf8');
const blockOf = (language: string): string => PAGE.split(`\`\`\`${language}\n`)[1]?.split('```')[0] ?? '';

let project: TestProject;
beforeEach(() => {
  project = createTestProject('configuration-page');
  project.write('towpath.yaml', blockOf('yaml'));
  project.write('config/.env.dev', blockOf('ini'));
});
afterEach(() => project.remove());

it('A4 the page about configuration explains what config explain prints', async () => {
  const explained = await runTowpath(project, ['config', 'explain']);
  expect(explained, explained.stderr).toMatchObject({ code: 0 });
  const lines = explained.stdout.split('\n').map((line) => line.trimEnd());
  for (const line of blockOf('text').trimEnd().split('\n')) expect(lines).toContain(line);
  expect(explained.stdout).not.toContain('loader:example');
});

it('A3 without its file nothing starts, and the command that makes it is named', async () => {
  const missing = await runTowpath(project, ['config', 'validate', '--environment', 'prod']);
  expect(missing.code).not.toBe(0);
  expect(missing.stdout + missing.stderr).toContain('cp config/.env.example config/.env.prod');
});
