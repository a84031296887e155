import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makePlanPlace } from './deploy-plan-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'towpath-plans-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Root may remove everything, so what others may not is tried as somebody else. */
const NOBODY = process.getuid?.() === 0 ? 65_534 : undefined;

test("A79 folders that a plan command left read-only are in nobody's way", () => {
  const left = join(folder, 'deploy-plans', 'before', 'work', 'modules');
  mkdirSync(left, { recursive: true });
  writeFileSync(join(left, 'module.txt'), 'x');
  const all = [join(folder, 'deploy-plans', 'before'), join(left, '..'), left];
  if (NOBODY !== undefined)
    for (const path of [folder, join(folder, 'deploy-plans'), ...all, join(left, 'module.txt')])
      chownSync(path, NOBODY, NOBODY);
  for (const path of all) chmodSync(path, 0o555);
  const module = JSON.stringify(new URL('./deploy-plan-file.ts', import.meta.url).href);
  const script = `import { makePlanPlace } from ${module}; makePlanPlace(${JSON.stringify(folder)}, 'next');`;
  const identity = NOBODY === undefined ? {} : { uid: NOBODY, gid: NOBODY };
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], identity);
  expect([String(stderr), status]).toEqual(['', 0]);
  expect(existsSync(join(folder, 'deploy-plans', 'before'))).toBe(false);
  expect(existsSync(join(folder, 'deploy-plans', 'next', 'work'))).toBe(true);
});

test('A79 a place that can not be written to is told with what to do', () => {
  writeFileSync(join(folder, 'deploy-plans'), 'a file');
  expect(() => makePlanPlace(folder, 'next')).toThrow(
    expect.objectContaining({
      code: 'DEPLOY_PLAN_FOLDER_UNUSABLE',
      message: expect.stringContaining(join(folder, 'deploy-plans')),
      fix: expect.stringMatching(/^Remove .*deploy-plans, or give it to the user of the agent/),
    }),
  );
});
