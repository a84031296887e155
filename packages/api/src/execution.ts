import { z } from 'zod';

/** What ran an attempt. */
export const Execution = z.object({
  /** `process`, `docker`, `kubernetes` */
  executor: z.string().max(32),
  /** The rule that chose it: `--executor`, `TOWPATH_EXECUTOR`, `the environment's declaration`, `facts`. */
  decidedBy: z.string().max(64),
  /** Null: none, or it did not get as far. */
  image: z
    .object({
      /** As it was asked for. */
      reference: z.string().max(512),
      /** Of its manifest in the registry; null for an image that was built on the engine and is in none. */
      digest: z.string().max(128).nullable(),
    })
    .nullable(),
});
export type Execution = z.infer<typeof Execution>;
