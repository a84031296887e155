// AWS Secrets Manager: moto's server, behind a server of ours that fails when told to.
import type { MotoServer } from '@towpath/testkit';
import { type Answer, type FaultServer, type ReceivedRequest, startFaultServer } from './fault-server.ts';

export interface AwsStub {
  readonly server: FaultServer;
  /** Calls an operation, as the AWS command line would. */
  call(operation: string, input: Readonly<Record<string, unknown>>): Promise<void>;
  /** From now on any GetSecretValue of this id has this error of AWS. */
  answerWithError(id: string, error: string, status?: number): void;
}

/** An empty account at moto. */
export async function openAwsStub({ url, reset }: MotoServer): Promise<AwsStub> {
  await reset();
  const errors = new Map<string, Answer>();
  const server = await startFaultServer(async (request) => findError(errors, request) ?? forward(url, request));
  return {
    server,
    call: async (operation, input) => {
      const response = await fetch(url, { method: 'POST', headers: toHeaders(operation), body: JSON.stringify(input) });
      if (!response.ok) throw new Error(`${operation}: ${response.status} ${await response.text()}`);
    },
    answerWithError: (id, error, status = 400) => {
      errors.set(id, { status, body: JSON.stringify({ __type: error, message: 'No.' }) });
    },
  };
}

function toHeaders(operation: string): Record<string, string> {
  const authorization = 'AWS4-HMAC-SHA256 Credential=test/20260701/ca-central-1/secretsmanager/aws4_request';
  return { 'x-amz-target': `secretsmanager.${operation}`, 'content-type': 'application/x-amz-json-1.1', authorization };
}

function findError(errors: ReadonlyMap<string, Answer>, { body }: ReceivedRequest): Answer | undefined {
  return [...errors].find(([id]) => body.includes(JSON.stringify(id)))?.[1];
}

async function forward(url: string, { method, headers, body }: ReceivedRequest): Promise<Answer> {
  const kept = ['authorization', 'content-type', 'x-amz-target', 'x-amz-date'];
  const passed = Object.fromEntries(kept.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : [])));
  const response = await fetch(url, { method, headers: passed, body });
  const contentType = response.headers.get('content-type') ?? '';
  return {
    status: response.status,
    body: Buffer.from(await response.arrayBuffer()),
    headers: { 'content-type': contentType },
  };
}
