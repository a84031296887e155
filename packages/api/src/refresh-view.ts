import { REFRESH_STATES } from '@towpath/core';
import { z } from 'zod';
import { keysOf } from './states.ts';

/** dbt models that a rollback makes anew, by one run once it has taken effect. */
export const RefreshView = z.object({
  pipeline: z.string(),
  /** Unique ids of those that were chosen. */
  models: z.array(z.string()),
  /** Of those that lie between them, and are made anew in their turn. */
  between: z.array(z.string()),
  state: z.enum(keysOf(REFRESH_STATES)),
  /** Why no run could be started. */
  problem: z.object({ code: z.string(), message: z.string() }).nullable(),
  run: z.object({ id: z.uuid(), number: z.number().int() }).nullable(),
});
export type RefreshView = z.infer<typeof RefreshView>;
