// A checkpoint that somebody keeps elsewhere: one line of JSON, with the key it can be checked by.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AuditCheckpointView } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import { z } from 'zod';

const KeptCheckpoint = AuditCheckpointView.extend({ publicKey: z.string() });
export type KeptCheckpoint = z.infer<typeof KeptCheckpoint>;

/** The line to keep. */
export function formatKeptCheckpoint(checkpoint: KeptCheckpoint): string {
  return `${JSON.stringify(checkpoint)}\n`;
}

/**
 * Reads checkpoints, one a line, from a file or from the text itself.
 *
 * @throws TowpathError `CHECKPOINT_INVALID`
 */
export function readKeptCheckpoints(fileOrText: string, cwd: string): readonly KeptCheckpoint[] {
  const path = resolve(cwd, fileOrText);
  const text = fileOrText.trimStart().startsWith('{') || !existsSync(path) ? fileOrText : readFileSync(path, 'utf8');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  try {
    return lines.map((line) => KeptCheckpoint.parse(JSON.parse(line)));
  } catch (thrown) {
    throw new TowpathError(
      {
        code: 'CHECKPOINT_INVALID',
        message: `${JSON.stringify(fileOrText.slice(0, 80))} is neither a checkpoint nor a file with some.`,
        fix: 'Give what `npx towpath audit checkpoint` printed, or the file it was kept in.',
      },
      { cause: thrown },
    );
  }
}
