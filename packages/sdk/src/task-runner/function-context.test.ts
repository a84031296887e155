import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDerivedVariable } from '@towpath/core';
import { expect, it } from 'vitest';
import { readContext } from './function-context.ts';

it('A7 config has what the task names and the names that follow from the environment, nothing of the platform', () => {
  const folder = mkdtempSync(join(tmpdir(), 'towpath-context-'));
  const path = join(folder, 'empty.json');
  writeFileSync(path, '{}');
  const derived = {
    ENVIRONMENT: 'dev',
    DBT_TARGET: 'dev',
    TOWPATH_NAMESPACE: 'finks-dev',
    TOWPATH_STACK: 'dev',
    TOWPATH_REGISTRY: 'registry.dev.example',
    TOWPATH_BRONZE_ZONE: 'dev-bronze-zone',
    TOWPATH_RAW_2_DATABASE: 'raw_2_dev',
  };
  const platform = { TOWPATH_RUN_ID: '1', TOWPATH_AGENT_TOKEN: 'x', TOWPATH_INPUTS: path, TOWPATH_PARAMETERS: path };
  const { config } = readContext({ ...derived, ...platform, API: 'a', OTHER: 'b' }, ['API']);
  rmSync(folder, { recursive: true });
  expect(config).toEqual({ ...derived, API: 'a' });
  for (const name of Object.keys(derived)) expect(isDerivedVariable(name)).toBe(true);
  for (const name of Object.keys(platform)) expect(isDerivedVariable(name)).toBe(false);
});
