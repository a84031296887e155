// Where bytes of a log are gone for good, the log says so: nothing is missing in silence.
import { type AttemptFolder, appendLog } from './attempt-folder.ts';
import { readOwnFile, statOwnFile } from './own-file.ts';

/** Says in the log that some of it may be missing, in a line of its own: where a log begins anew, nothing says how much stood before. */
export function writeGap(folder: AttemptFolder, why: string): void {
  const size = statOwnFile(folder.log)?.size ?? 0;
  const last = size === 0 ? undefined : readOwnFile(folder.log, { offset: size - 1, maxBytes: 1 })?.[0];
  const isMidLine = last !== undefined && last !== 0x0a;
  appendLog(
    folder,
    `${isMidLine ? '\n' : ''}[TOWPATH] an unknown number of bytes of output lost, perhaps none: ${why}\n`,
  );
}
