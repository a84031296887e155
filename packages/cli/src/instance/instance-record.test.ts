import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureStackId } from '../stack/stack-id.ts';
import { findInstance, type InstanceRecord, writeInstance } from './instance-record.ts';

let folder: string;
let state: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'towpath-record-'));
  state = join(folder, 'state');
  mkdirSync(state);
});
afterEach(() => rmSync(folder, { recursive: true }));

const STACK = {
  mode: 'containers',
  registry: 'localhost:5000',
  registryPassword: 'secret',
  url: 'http://127.0.0.1:8080',
  token: 'token',
  warehouse: { host: 'localhost', port: 5432, database: 'bronze', user: 'bronze_user' },
  mock: { host: '127.0.0.1', port: 1433 },
  projectFolder: '/project',
} as const;

const toRecord = (): InstanceRecord => ({ ...STACK, warehouses: [], stack: ensureStackId(state) });

test('a stack is on this machine: a record that came with a repository sends commands nowhere else', () => {
  writeInstance(state, toRecord());
  expect(findInstance(state)).toEqual(toRecord());
  for (const url of ['http://evil.example:8080', 'https://127.0.0.1:8080', 'http://127.0.0.1.evil.example/']) {
    writeInstance(state, { ...toRecord(), url });
    expect(findInstance(state)).toBeUndefined();
  }
});

test('a copy of the state folder has a stack of its own, and one that was moved keeps its', () => {
  writeInstance(state, toRecord());
  const id = ensureStackId(state);
  const copy = join(folder, 'copy');
  cpSync(state, copy, { recursive: true });
  expect(findInstance(copy)).toBeUndefined();
  expect(ensureStackId(copy)).not.toBe(id);
  expect(findInstance(state)).toBeDefined();
  const moved = join(folder, 'moved');
  renameSync(state, moved);
  expect(ensureStackId(moved)).toBe(id);
  expect(findInstance(moved)?.url).toBe(STACK.url);
});
