// What registries say no with, as errors with an identity.
import type { IncomingMessage } from 'node:http';
import { TowpathError } from '@towpath/core';
import { z } from 'zod';
import { readBytes } from './read-bytes.ts';

const ErrorBody = z.object({ errors: z.array(z.object({ code: z.string(), message: z.string().optional() })).min(1) });

/** It could not be asked. */
export function registryUnreachable(url: URL, thrown: unknown): TowpathError {
  const cause = thrown instanceof Error ? describe(thrown) : String(thrown);
  return new TowpathError({
    code: 'REGISTRY_UNREACHABLE',
    message: `The registry ${url.host} does not answer.`,
    cause,
    fix: 'Look whether it runs and can be reached from here. Plain HTTP is spoken with this machine only; a private authority goes into NODE_EXTRA_CA_CERTS.',
  });
}

function describe(thrown: Error): string {
  // Several addresses of one name failed, each with its own message.
  if (thrown instanceof AggregateError) return thrown.errors.map(String).join('; ');
  return thrown.message;
}

/** What an answer of another status than the expected means; reads its body. `what` completes "The registry … refuses to". */
export async function toRegistryError(
  response: IncomingMessage,
  authority: string,
  what: string,
): Promise<TowpathError> {
  const status = response.statusCode ?? 0;
  const detail = await readDetail(response);
  if (status === 401 || status === 403) return unauthorised(authority, what, detail);
  return new TowpathError({
    code: 'REGISTRY_REFUSED',
    message: `The registry ${authority} refuses to ${what}.`,
    cause: `Status ${status}${detail === '' ? '' : `: ${detail}`}.`,
    fix: "Look into the registry's log.",
  });
}

async function readDetail(response: IncomingMessage): Promise<string> {
  try {
    const [first] = ErrorBody.parse(JSON.parse((await readBytes(response, 65_536)).toString('utf8'))).errors;
    return `${first?.code} ${first?.message ?? ''}`.trim();
  } catch {
    // No body of the specification's form: the status has to do.
    return '';
  }
}

function unauthorised(authority: string, what: string, detail: string): TowpathError {
  return new TowpathError({
    code: 'REGISTRY_UNAUTHORISED',
    message: `The registry ${authority} does not let you ${what}.`,
    cause: detail === '' ? 'There is no login for it, or one that may not.' : detail,
    fix: `Log in with \`docker login ${authority}\`, with an account that may.`,
  });
}
