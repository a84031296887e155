import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { chooseAgentFolder } from './choose-agent-folder.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'towpath-agent-folder-'));
});
afterEach(() => rmSync(state, { recursive: true }));

it('each environment has a folder of its own, also beside dev', () => {
  expect(chooseAgentFolder(state, 'int')).toBe(join(state, 'agent-int'));
  mkdirSync(join(state, 'agent'));
  mkdirSync(join(state, 'postgres'));
  expect(chooseAgentFolder(state, 'int')).toBe(join(state, 'agent-int'));
});

it('what an earlier version left in the one folder goes to the first agent that comes for it, and stays with it', () => {
  mkdirSync(join(state, 'agent'));
  expect(chooseAgentFolder(state, 'int')).toBe(join(state, 'agent'));
  expect(chooseAgentFolder(state, 'qa')).toBe(join(state, 'agent-qa'));
  expect(chooseAgentFolder(state, 'int')).toBe(join(state, 'agent'));
});
