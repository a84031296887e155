import type { ErrorFacts } from '@towpath/core';

/** Exit status of an entry that found no such command; so does a shell that the command itself is, hence a word beside it. */
export const COMMAND_MISSING_STATUS = 127;

/** Of the command's name, what an entry tells at most: Kubernetes keeps the end of what is longer than 4,096 bytes. */
export const TOLD_CHARACTERS = 200;

/** UTF-8 needs up to four bytes a character. */
export const TOLD_BYTES = 4 * TOLD_CHARACTERS;

/** The image of an attempt lacks its command, which is called so. */
export function commandMissing(word: string): ErrorFacts {
  return {
    code: 'COMMAND_MISSING',
    message: `The image has no command ${JSON.stringify(word)}.`,
    cause: 'It is looked for in the PATH of the image, and must be an executable file.',
    fix: 'Check the word in the pipeline, and that the image of the datakit holds the command.',
  };
}
