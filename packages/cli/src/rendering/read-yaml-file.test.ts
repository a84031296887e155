import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessPolicySchema, PolicyFileSchema } from '@towpath/api';
import { afterAll, expect, test } from 'vitest';
import { readYamlFile } from './read-yaml-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-yaml-'));
afterAll(() => rmSync(folder, { recursive: true }));

function complaintOf(text: string): string {
  const path = join(folder, 'policy.yaml');
  writeFileSync(path, text);
  let complaint = 'none';
  const note = (cause: string): Error => {
    complaint = cause;
    return new Error(cause);
  };
  expect(() => readYamlFile(path, PolicyFileSchema, note)).toThrow();
  return complaint;
}

test('what is wrong is told with its line and the nearest key, all of it', () => {
  const text = 'schemaVersion: 1\nkinds:\n  production:\n    soakHours: many\n    cycels: 3\n';
  const complaint = complaintOf(text);
  expect(complaint).toContain('line 4: kinds.production.soakHours: ');
  expect(complaint).toContain('line 5: kinds.production.cycels is no key; did you mean cycles?');
});

test('what is no YAML is told with its line', () => {
  expect(complaintOf('kinds:\n\tproduction: {}\n')).toMatch(/^line 2: /);
});

test('a file without anything in it is no policy', () => {
  expect(complaintOf('')).toMatch(/^line 1: the file: /);
});

test('a file that is not there is told by the system’s words', () => {
  const refuse = (cause: string): Error => new Error(cause);
  expect(() => readYamlFile(join(folder, 'none.yaml'), PolicyFileSchema, refuse)).toThrow(/ENOENT/);
});

test('of what may have several forms the nearest one is spoken of', () => {
  const path = join(folder, 'access.yaml');
  writeFileSync(path, 'schemaVersion: 1\nbindings:\n  - group: data\n    rol: engineer\n');
  const refuse = (cause: string): Error => new Error(cause);
  expect(() => readYamlFile(path, AccessPolicySchema, refuse)).toThrow(
    /line 3: bindings\.0\.role: |line 4: .*did you mean role\?/,
  );
});
