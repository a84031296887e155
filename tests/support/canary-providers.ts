// Providers of secrets as an agent process reaches them, filled with the canaries.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificate, type MotoServer } from '@towpath/testkit';
import { openAwsStub } from '../../packages/agent/src/testing/aws-stub.ts';
import { startDelineaStub } from '../../packages/agent/src/testing/delinea-stub.ts';
import { startKubernetesStub } from '../../packages/agent/src/testing/kubernetes-stub.ts';
import { CANARIES, SINK_CANARY } from './canaries.ts';
import type { TestProject } from './test-project.ts';

export interface CanaryProvider {
  /** Options of `secrets:`, as YAML. */
  readonly yaml: string;
  /** Variables of the agent's process. */
  readonly env: Readonly<Record<string, string>>;
  /** The agent's own credentials, which must not be found either. */
  readonly credentials: readonly string[];
  /** Files and folders in the project that hold secrets by design. */
  readonly sources: readonly string[];
  close(): Promise<void>;
}

const PLANTED = [...CANARIES, SINK_CANARY];
const nothing = async (): Promise<void> => undefined;

/** `local/plain` in `config/.env.local.secrets` as JSON in `LOCAL_PLAIN`. */
async function plantDotenv(project: TestProject): Promise<CanaryProvider> {
  const lines = PLANTED.map(
    ({ name, field, text }) => `LOCAL_${name.toUpperCase()}='${JSON.stringify({ [field]: text })}'`,
  );
  project.write('config/.env.local.secrets', `${lines.join('\n')}\n`, 0o600);
  return { yaml: 'provider: dotenv', env: {}, credentials: [], sources: ['config/.env.local.secrets'], close: nothing };
}

async function plantFiles(project: TestProject): Promise<CanaryProvider> {
  for (const { name, field, text } of PLANTED)
    project.write(`secrets/local/${name}`, JSON.stringify({ [field]: text }), 0o600);
  return { yaml: 'provider: file, folder: secrets', env: {}, credentials: [], sources: ['secrets/'], close: nothing };
}

/** The API server of a cluster, with the token of a service account. */
async function plantKubernetes(): Promise<CanaryProvider> {
  const folder = mkdtempSync(join(tmpdir(), 'towpath-canary-'));
  const token = 'canary-service-account-token';
  const certificate = createCertificate(folder);
  const stub = await startKubernetesStub(certificate, token);
  for (const { name, field, text } of PLANTED) stub.put('finks', `local-${name}`, { [field]: text });
  writeFileSync(join(folder, 'token'), token, { mode: 0o600 });
  return {
    yaml: `provider: kubernetes, source: api, namespace: finks, apiServer: "${stub.server.url}", tokenFile: "${join(folder, 'token')}", caFile: "${certificate.caFile}"`,
    env: {},
    credentials: [token],
    sources: [],
    close: async () => {
      await stub.server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function plantDelinea(): Promise<CanaryProvider> {
  const stub = await startDelineaStub();
  PLANTED.forEach(({ name, field, text }, at) => {
    const items = [{ slug: field, fieldName: field, value: text, isPassword: true }];
    stub.put({ id: at + 1, path: `\\Data\\local\\${name}`, items });
  });
  return {
    yaml: `provider: delinea, url: "${stub.server.url}", folder: /Data`,
    env: { DELINEA_ACCOUNT: stub.account, DELINEA_PASSWORD: stub.password },
    credentials: [stub.password],
    sources: [],
    close: () => stub.server.close(),
  };
}

async function plantAws(moto: MotoServer): Promise<CanaryProvider> {
  const stub = await openAwsStub(moto);
  for (const { name, field, text } of PLANTED)
    await stub.call('CreateSecret', { Name: `/local/local/${name}`, SecretString: JSON.stringify({ [field]: text }) });
  const key = 'canary-aws-secret-access-key';
  return {
    yaml: `provider: aws, region: ca-central-1, endpoint: "${stub.server.url}"`,
    env: { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: key },
    credentials: [key],
    sources: [],
    close: () => stub.server.close(),
  };
}

export const CANARY_PROVIDERS = ['dotenv', 'file', 'kubernetes', 'delinea', 'aws'] as const;
export type CanaryProviderName = (typeof CANARY_PROVIDERS)[number];

/** Plants them; `getMoto` is asked for AWS only. */
export async function plantCanaries(
  provider: CanaryProviderName,
  project: TestProject,
  getMoto: () => MotoServer,
): Promise<CanaryProvider> {
  switch (provider) {
    case 'dotenv':
      return plantDotenv(project);
    case 'file':
      return plantFiles(project);
    case 'kubernetes':
      return plantKubernetes();
    case 'delinea':
      return plantDelinea();
    case 'aws':
      return plantAws(getMoto());
  }
}
