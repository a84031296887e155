// Masking secrets in a log: 20 of them, one a private key of 4,096 bits, in all forms in which programs print them.
import { randomBytes } from 'node:crypto';
import { createRedactor } from '../../packages/agent/src/secrets/redaction/create-redactor.ts';
import { SecretValue } from '../../packages/agent/src/secrets/secret-value.ts';
import { type BenchRow, summarize } from './rows.ts';

const PASSWORDS = 19;
const PEM_LINES = 50;
const SAMPLES = 15;
const LOG_BYTES = 1024 * 1024;

/** Measures the preparation, and the masking of a full log chunk, for which the agent's one thread does nothing else. */
export async function measureRedaction(): Promise<readonly BenchRow[]> {
  const log = createLog();
  // The first runs compile the code.
  const samples = Array.from({ length: SAMPLES + 2 }, () => measureOnce(log)).slice(2);
  const what = `Secrets: ${PASSWORDS + 1}, one a private key,`;
  const column = (name: 'prepared' | 'masked') => samples.map((sample) => sample[name]);
  return [
    summarize({ id: 'redaction.prepare', what: `${what} prepared to be masked`, unit: 'ms' }, column('prepared')),
    summarize({ id: 'redaction.mask', what: `${what} masked in 1 MiB of log`, unit: 'ms' }, column('masked')),
  ];
}

function measureOnce(log: Buffer): { readonly prepared: number; readonly masked: number } {
  const secrets = createSecrets();
  const start = performance.now();
  const redactor = createRedactor(secrets);
  const prepared = performance.now() - start;
  const bytes = Buffer.from(log);
  const begin = performance.now();
  redactor.mask(bytes);
  return { prepared, masked: performance.now() - begin };
}

function createSecrets() {
  const lines = Array.from({ length: PEM_LINES }, () => randomBytes(48).toString('base64'));
  const pem = `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
  const passwords = Array.from({ length: PASSWORDS }, () => randomBytes(15).toString('base64'));
  return [pem, ...passwords].map((text, at) => ({ name: `secret-${at}`, value: new SecretValue(text) }));
}

function createLog(): Buffer {
  const line = (at: number): string =>
    `2026-03-01T06:00:00Z INFO batch ${at} of sales.orders rows=${(at * 7919) % 100_000} id=${randomBytes(6).toString('hex')}\n`;
  const text = Array.from({ length: LOG_BYTES / 64 }, (_, at) => line(at)).join('');
  return Buffer.from(text).subarray(0, LOG_BYTES);
}
