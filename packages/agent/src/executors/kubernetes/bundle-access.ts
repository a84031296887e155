// How the Pod of one attempt gets its bundle: with its Secret where it is small enough, else it fetches it from the server.
import { readFile } from 'node:fs/promises';
import { FetchBundle } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type { BundleSource } from '../bundle-source.ts';
import type { AttemptSpecification } from '../executor.ts';

/** With what a Pod fetches its bundle. */
export interface BundleAccess {
  readonly url: string;
  /** SHA-256 (hex) of its bytes. */
  readonly hash: string;
  /** Secret: the attempt's own. */
  readonly token: string;
  /** Certificates (PEM) that are trusted besides those that Node comes with. */
  readonly authority: string | undefined;
}

/**
 * Gives one attempt its access. Asked again it gives the same: of what an earlier try has created, the Secret may be there already,
 * and another token would make that one worthless.
 */
export type GiveAccess = (signal: AbortSignal) => Promise<BundleAccess>;

/** Asks the server when it is asked for the first time. @throws TowpathError `SERVER_URL_LOOPBACK`, or why the server issues no token */
export function createBundleAccess(source: BundleSource, specification: AttemptSpecification): GiveAccess {
  let given: BundleAccess | undefined;
  return async (signal) => {
    given ??= await ask(source, specification, signal);
    return given;
  };
}

async function ask(
  { serverUrl, authorityFile, issueToken }: BundleSource,
  { attemptId, epoch, work }: AttemptSpecification,
  signal: AbortSignal,
): Promise<BundleAccess> {
  if (isLoopback(serverUrl)) throw urlLoopback(serverUrl);
  const hash = work.kind === 'function' ? work.bundleHash : '';
  return {
    url: `${serverUrl.replace(/\/+$/, '')}${FetchBundle.path.replace(':hash', hash)}`,
    hash,
    token: await issueToken({ attemptId, epoch }, signal),
    authority: authorityFile === undefined ? undefined : await readFile(authorityFile, 'utf8'),
  };
}

/** There it would be the Pod itself. */
function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === '[::1]' || /^127\.|(^|\.)localhost$/.test(hostname);
}

function urlLoopback(url: string): TowpathError {
  return new TowpathError({
    code: 'SERVER_URL_LOOPBACK',
    message: 'A Pod can not fetch the code of the task from the server.',
    cause: `The bundle is too large for the Secret of the attempt, and ${url} leads to this machine alone.`,
    fix: "Declare `serverUrl` of the environment's `kubernetes` as Pods reach the server, or make the bundle smaller (fewer or lighter packages).",
  });
}
