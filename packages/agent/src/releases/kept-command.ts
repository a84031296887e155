// What an agent keeps of its deploy commands from one life to the next: who runs one, and what ended well last.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { killGroup } from '../executors/process/process-group.ts';

const KeptCommand = z.object({
  /** The release that was brought in last, to the end; null: nobody knows what is there. */
  releaseId: z.string().nullable(),
  /** The plan that was applied last, to the end. */
  planId: z.string().nullable().default(null),
  running: z.object({ pid: z.number(), startTime: z.string() }).nullable(),
});
export type KeptCommand = z.infer<typeof KeptCommand>;

/** Commands that are kept, each in a file of its own. */
export type KeptName = 'deployed' | 'planned';

const NOTHING: KeptCommand = { releaseId: null, planId: null, running: null };

/** What was kept; nothing at first, or after a crash that cut the file. */
function readKept(stateFolder: string, name: KeptName): KeptCommand {
  try {
    return KeptCommand.parse(JSON.parse(readFileSync(join(stateFolder, `${name}.json`), 'utf8')));
  } catch {
    return NOTHING;
  }
}

/** Keeps it, whole or not at all. */
export function writeKept(stateFolder: string, name: KeptName, kept: Partial<KeptCommand>): void {
  const file = join(stateFolder, `${name}.json`);
  writeFileSync(`${file}.new`, JSON.stringify({ ...NOTHING, ...kept }), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Ends what an agent that was killed left running; returns what is kept then. */
export async function endLeft(stateFolder: string, name: KeptName): Promise<KeptCommand> {
  const kept = readKept(stateFolder, name);
  if (kept.running === null) return kept;
  await killGroup(kept.running);
  writeKept(stateFolder, name, NOTHING);
  return NOTHING;
}
