// Verifies an audit where it is read: the server's word is not needed, nor believed.
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { AuditExportLine } from '@towpath/api';
import {
  AUDIT_PROBLEMS,
  type AuditCheckpoint,
  type AuditProblem,
  createChainVerifier,
  TowpathError,
} from '@towpath/core';

/** What was found. */
export interface AuditJudgement {
  /** How many entries there are, and the hash of the last. */
  readonly entries: number;
  readonly hash: string;
  /** Number of the last entry that a checkpoint vouches for; 0: none. */
  readonly signedUpTo: number;
  /** How many checkpoints nobody checked, since no key was given at all; with any key, those of others are problems. */
  readonly uncheckedCheckpoints: number;
  /** The keys that were believed. */
  readonly keys: readonly { readonly keyId: string; readonly publicKey: string }[];
  /** The first thousand. */
  readonly problems: readonly (AuditProblem & { readonly meaning: string })[];
  readonly problemCount: number;
}

/** Enough to see what was done; a chain of another database would list every entry. */
const SHOWN_PROBLEMS = 1000;

/** Reads all lines; checkpoints are checked with `publicKeys` (PEM), and the chain with the checkpoints that were kept. */
export async function judgeAudit(
  lines: AsyncIterable<AuditExportLine>,
  publicKeys: readonly string[],
  kept: readonly AuditCheckpoint[],
): Promise<AuditJudgement> {
  const keys = new Map(publicKeys.map(parseKey).map((key) => [key.keyId, key]));
  const verifier = createChainVerifier(
    {
      sha256: (text) => createHash('sha256').update(text).digest('hex'),
      checkSignature: (message, { keyId, signature }) => {
        const key = keys.get(keyId)?.key;
        return key && verify(null, Buffer.from(message), key, Buffer.from(signature, 'base64'));
      },
    },
    kept,
  );
  const problems: AuditProblem[] = [];
  let entries = 0;
  let problemCount = 0;
  let uncheckedCheckpoints = 0;
  const note = (all: readonly AuditProblem[]): void => {
    const found = keys.size > 0 ? all : all.filter(({ code }) => code !== 'KEY_UNKNOWN');
    uncheckedCheckpoints += all.length - found.length;
    problemCount += found.length;
    problems.push(...found.slice(0, SHOWN_PROBLEMS - problems.length));
  };
  for await (const line of lines) {
    if (line.kind === 'entry') entries += 1;
    note(verifier.add(line));
  }
  const end = verifier.finish();
  note(end.problems);
  return {
    entries,
    hash: end.head.hash,
    signedUpTo: end.signedUpTo,
    uncheckedCheckpoints,
    keys: [...keys.values()].map(({ keyId, publicKey }) => ({ keyId, publicKey })),
    problems: problems.map((problem) => ({ ...problem, meaning: AUDIT_PROBLEMS[problem.code] })),
    problemCount,
  };
}

function parseKey(pem: string): { readonly keyId: string; readonly publicKey: string; readonly key: KeyObject } {
  try {
    const key = createPublicKey(pem);
    const der = key.export({ type: 'spki', format: 'der' });
    return {
      keyId: createHash('sha256').update(der).digest('hex').slice(0, 16),
      publicKey: key.export({ type: 'spki', format: 'pem' }).toString(),
      key,
    };
  } catch (thrown) {
    throw new TowpathError(
      {
        code: 'AUDIT_KEY_INVALID',
        message: 'A public key can not be read.',
        cause: 'It is not a key in PEM.',
        fix: 'Take the one that `npx towpath audit verify` shows.',
      },
      { cause: thrown },
    );
  }
}
