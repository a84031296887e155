// The audit as tests read it: the export of a server, judged like `towpath audit verify` does.
import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { AuditExportLine, type Client, ExportAudit, GetAuditStatus } from '@towpath/api';
import { type AuditCheckpoint, createChainVerifier } from '@towpath/core';
import { waitFor } from '@towpath/testkit';

/** A new key for checkpoints: PEM of both halves. */
export function createAuditKey(): { readonly privateKey: string; readonly publicKey: string } {
  return generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

/** All lines, once nothing waits to be linked any more. */
export async function readAuditChain(client: Client): Promise<AuditExportLine[]> {
  await waitFor('the audit to be linked', 10_000, async () => (await client.call(GetAuditStatus)).unlinked === 0);
  return exportLines(client);
}

/** All lines as they are now. */
export async function exportLines(client: Client): Promise<AuditExportLine[]> {
  const text = await (await client.send(ExportAudit)).text();
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => AuditExportLine.parse(JSON.parse(line)));
}

/** The problems of a chain, as `CODE number`. */
export function findAuditProblems(
  lines: readonly AuditExportLine[],
  publicKey?: string,
  kept: readonly AuditCheckpoint[] = [],
): string[] {
  const key = publicKey === undefined ? undefined : createPublicKey(publicKey);
  const tools = {
    sha256: (text: string) => createHash('sha256').update(text).digest('hex'),
    checkSignature: (message: string, { signature }: AuditCheckpoint) =>
      key && verify(null, Buffer.from(message), key, Buffer.from(signature, 'base64')),
  };
  const verifier = createChainVerifier(tools, kept);
  const found = lines.flatMap((line) => verifier.add(line));
  return [...found, ...verifier.finish().problems].map(({ code, sequence }) => `${code} ${sequence}`);
}
