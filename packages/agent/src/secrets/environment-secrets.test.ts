import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSecretReference, TowpathError } from '@towpath/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EnvironmentSecrets, openEnvironmentSecrets, type ReadAudit } from './environment-secrets.ts';
import type { SecretRead } from './secret-store.ts';

let folder: string;
let lines: string[];
let reads: SecretRead[];
let secrets: EnvironmentSecrets | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'towpath-environment-secrets-'));
  writeFileSync(join(folder, 'api'), '{"token":"hunter-22"}');
  [lines, reads, secrets] = [[], [], undefined];
});
afterEach(() => {
  secrets?.close();
  rmSync(folder, { recursive: true });
});

const REFERENCE = parseSecretReference('secret://api#token') ?? expect.fail('it is malformed');
const ATTEMPT = { attemptId: 'a1', purpose: 'attempt', variables: ['API_TOKEN'] } as const;

function open(more: Partial<ReadAudit> = {}, check: (variable: string, text: string) => void = () => undefined) {
  const paths = { own: [], shared: [], others: [] };
  const where = { environment: 'dev', projectFolder: folder, namespace: 'dev', variables: {} };
  const setup = { provider: 'file', options: { folder }, ttlSeconds: 60, maxStaleSeconds: 60, paths, check, ...where };
  secrets = openEnvironmentSecrets(setup, {
    keep: async (read) => void reads.push(read),
    log: (line) => lines.push(line),
    ...more,
  });
  return secrets;
}

describe('the secrets of an environment', () => {
  it('are handed out once their reading is kept', async () => {
    expect(await open().read(REFERENCE, ATTEMPT)).toBe('hunter-22');
    expect(reads).toMatchObject([{ consumer: { attemptId: 'a1', purpose: 'attempt' }, outcome: 'fetched' }]);
    expect(lines.join()).toContain('[DEV] secret secret://api#token read by attempt a1 from file: fetched');
  });

  it('are kept back when that fails, and the agent’s log says why', async () => {
    const full = new TowpathError({ code: 'AUDIT_JOURNAL_FULL', message: 'It is full.' });
    const opened = open({ keep: () => Promise.reject(full) });
    await expect(opened.read(REFERENCE, ATTEMPT)).rejects.toMatchObject({ code: 'SECRET_AUDIT_FAILED' });
    expect(lines.join()).toContain('AUDIT_JOURNAL_FULL');
  });

  it('that are not fit for their variable count as refused, under the code of the rule', async () => {
    const opened = open({}, (variable) => {
      throw new TowpathError({ code: 'RESOURCE_OWNED_BY_OTHER', message: `${variable} names what prod owns.` });
    });
    await expect(opened.read(REFERENCE, ATTEMPT)).rejects.toMatchObject({ code: 'RESOURCE_OWNED_BY_OTHER' });
    expect(reads).toMatchObject([{ outcome: 'unusable', code: 'RESOURCE_OWNED_BY_OTHER' }]);
  });
});
