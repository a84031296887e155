import type { ErrorFacts } from '@towpath/core';

/** Exit status of an entry that found no such command; so does a shell that the command itself is, hence a word beside it. */
export const COMMAND_MISSING_STATUS = 127;

/** The image of an attempt lacks its command. */
export const COMMAND_MISSING: ErrorFacts = {
  code: 'COMMAND_MISSING',
  message: 'The image has no such command.',
  cause: 'It is looked for in the PATH of the image, and must be an executable file.',
  fix: 'Check the word in the pipeline, and that the image of the datakit holds the command.',
};
