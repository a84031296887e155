// What a file of evidence may say.
import { z } from 'zod';

const Instant = z.iso.datetime({ offset: true });
const Text = z.string().max(500);

export const EvidenceFile = z.strictObject({
  /** From then on it says nothing. */
  validUntil: Instant,
  changes: z
    .array(
      z.strictObject({
        number: Text,
        title: Text.default(''),
        state: Text,
        approval: z.enum(['approved', 'waiting', 'rejected']),
        startsAt: Instant.nullable().default(null),
        endsAt: Instant.nullable().default(null),
      }),
    )
    .optional(),
  incidents: z
    .array(
      z.strictObject({
        id: Text,
        title: Text.default(''),
        priority: z.number().int().nullable().default(null),
        openedAt: Instant.nullable().default(null),
      }),
    )
    .optional(),
  /** By commit. */
  checks: z
    .record(z.string(), z.array(z.strictObject({ name: Text, state: z.enum(['passed', 'failed', 'running']) })))
    .optional(),
  /** Versions that are published. */
  releases: z.array(Text).optional(),
  statement: z.strictObject({ holds: z.boolean(), seen: Text.nullable().default(null) }).optional(),
});
export type EvidenceFile = z.infer<typeof EvidenceFile>;
