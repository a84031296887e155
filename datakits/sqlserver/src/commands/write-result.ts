// The result document of an attempt: JSON of at most 4 KiB in the file that TOWPATH_RESULT names.
import { writeFile } from 'node:fs/promises';
import type { CommandContext } from './command-context.ts';

/** Writes the document, when somebody asks for one. */
export async function writeResult({ env }: CommandContext, document: object): Promise<void> {
  if (!env.TOWPATH_RESULT) return;
  await writeFile(env.TOWPATH_RESULT, `${JSON.stringify(document)}\n`);
}
