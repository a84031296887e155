import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type StackPlace, toContainerSpec } from '../stack/container-spec.ts';
import { findEvidenceFolder, pickEvidenceVariables, readEvidenceSurroundings } from './evidence-surroundings.ts';

const SHELL = {
  TOWPATH_EVIDENCE_ONCALL_TOKEN: 'x',
  TOWPATH_EVIDENCE_FOLDER: '/home/ada/evidence',
  TOWPATH_EVIDENCE_EMPTY: '',
  TOWPATH_DATABASE_URL: 'postgres://secret',
  towpath_evidence_odd: 'y',
};

test('a server in a container is given what sources may name, and nothing else of the shell', () => {
  const given = pickEvidenceVariables(SHELL, '/evidence');
  expect(given).toEqual({ TOWPATH_EVIDENCE_ONCALL_TOKEN: 'x', TOWPATH_EVIDENCE_FOLDER: '/evidence' });
  const { readVariable, folder } = readEvidenceSurroundings(given);
  expect([readVariable('TOWPATH_EVIDENCE_ONCALL_TOKEN'), folder]).toEqual(['x', '/evidence']);
  expect(readEvidenceSurroundings(pickEvidenceVariables({}, '/evidence')).folder).toBeUndefined();
});

test('the folder is its real one, and must be there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'towpath-evidence-'));
  try {
    expect(findEvidenceFolder({ TOWPATH_EVIDENCE_FOLDER: join(folder, '.') })).toBe(realpathSync(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
  expect(findEvidenceFolder({})).toBeUndefined();
  const missing = () => findEvidenceFolder({ TOWPATH_EVIDENCE_FOLDER: folder });
  expect(missing).toThrow(expect.objectContaining({ code: 'EVIDENCE_FOLDER_MISSING' }));
});

test('of the containers the server alone has the folder, to read', () => {
  const place: StackPlace = {
    ...{
      id: 'a',
      network: 'n',
      image: 'i',
      projectFolder: '/p',
      evidenceFolder: '/e',
      stateFolder: '/s',
      socket: '/d',
    },
    ports: { console: 1, postgres: 2, mock: 3, registry: 4 },
  };
  const mountsOf = (part: Parameters<typeof toContainerSpec>[1]) => JSON.stringify(toContainerSpec(place, part));
  expect(mountsOf('server')).toContain('{"Type":"bind","Source":"/e","Target":"/evidence","ReadOnly":true}');
  for (const part of ['postgres', 'registry', 'mock', 'agent'] as const)
    expect(mountsOf(part)).not.toContain('/evidence');
});
