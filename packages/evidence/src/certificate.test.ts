// A company's own authority is trusted where the process is told of it, and only there.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificate, spawnProcess, startServiceStub } from '@towpath/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ASK = `
import { createSource } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
const declaration = { service: 'http', url: process.argv[1] + '/', pointer: '/is' };
const source = createSource(declaration, { readVariable: () => undefined, folder: undefined });
const values = { environment: 'e', version: 'v', commit: 'c', changeRecord: '' };
const asked = source.ask({ kind: 'statement', values }, { nowMs: 0, signal: new AbortController().signal });
console.log(await asked.then(({ answer }) => answer.statement.holds, ({ message }) => message));
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'towpath-evidence-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('A67 the certificate of a service is verified', async () => {
  const certificate = createCertificate(folder);
  const stub = await startServiceStub({ certificate, answer: () => ({ body: { is: true } }) });
  const ask = async (env: Record<string, string>) => {
    const args = ['--input-type=module', '-e', ASK, stub.url];
    const asking = await spawnProcess({ command: process.execPath, args, env });
    await asking.waitForExit();
    return asking.stdout().trim();
  };
  expect(await ask({ NODE_EXTRA_CA_CERTS: certificate.caFile })).toBe('true');
  expect(await ask({})).toMatch(/^It can not be reached\. \(\w*SELF_SIGNED\w*\)$/);
  await stub.close();
});
