import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findInstance, type InstanceRecord, writeInstance } from './instance-record.ts';

let state: string;

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'towpath-record-'));
});
afterEach(() => rmSync(state, { recursive: true }));

const STACK: InstanceRecord = {
  mode: 'containers',
  stack: '00000000',
  registry: 'localhost:5000',
  url: 'http://127.0.0.1:8080',
  token: 'token',
  warehouse: { host: 'localhost', port: 5432, database: 'bronze', user: 'bronze_user' },
  mock: { host: '127.0.0.1', port: 1433 },
  warehouses: [],
  projectFolder: '/project',
};

test('a stack is on this machine: a record that came with a repository sends commands nowhere else', () => {
  writeInstance(state, STACK);
  expect(findInstance(state)).toEqual(STACK);
  for (const url of ['http://evil.example:8080', 'https://127.0.0.1:8080', 'http://127.0.0.1.evil.example/']) {
    writeInstance(state, { ...STACK, url });
    expect(findInstance(state)).toBeUndefined();
  }
});
