// RFC 9457 problem JSON with the fields of a TowpathError: the same text on API, CLI and console.
import { z } from 'zod';

/** Media type of an error reply. */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string().optional(),
  fix: z.string().optional(),
  docs: z.string().optional(),
  /** Only with LOG_OFFSET_WRONG: the length the server has. */
  length: z.number().int().optional(),
});

/** `title` is the error's message, `detail` its cause. */
export type Problem = z.infer<typeof Problem>;
