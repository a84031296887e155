// What the entry of a Pod and the agent that reads what it left agree on.
import { MAX_RESULT_BYTES } from '@towpath/api';
import { MOUNT } from '../container-paths.ts';

/** Where the Secret of the attempt is mounted, read-only; what lies in it is copied to `/towpath/run`. */
export const GIVEN = `${MOUNT}/given`;

/** Where the attempt's files lie. */
export const RUN = `${MOUNT}/run`;

/** The kubelet keeps the last 4,096 bytes of it, however long it is. */
export const MESSAGE = '/dev/termination-log';

/** What the termination message says where it holds no result. No JSON begins so. */
export const MESSAGES = {
  noResult: '!none',
  noFile: '!no-file',
  tooLarge: '!too-large',
  /** Its name follows. */
  commandMissing: '!command-missing ',
  filesMissing: '!files-missing',
} as const;

/**
 * Last line of the output. An engine's log can't say whether its last line had a newline; what stands before this is exact. And
 * with it the output is complete.
 */
export const END_MARK = '\0towpath:end\0\n';

/** Up to here a result is preceded by its size; the longer ones are filled up with blanks to exactly 4,096 bytes. */
export const LONGEST_SIZED = MAX_RESULT_BYTES - 96;
