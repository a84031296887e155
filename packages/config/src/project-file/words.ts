// Texts of towpath.yaml that several parts of its schema share. Only what JSON Schema can say too, so that an editor and
// `towpath` agree on a file.
import { z } from 'zod';

/** Names are data: `int`, `prod`, `A`. */
export const EnvironmentName = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/)
  .describe('Name of an environment: letters, digits, . _ -');

/** As shells allow it, in upper case. */
export const VariableName = z.string().regex(/^[A-Z][A-Z0-9_]{0,99}$/);

/** A key that a template or a target names. */
export const Word = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/);

/** An object zone: a bucket, or one folder. What leads elsewhere (`../x`, `./x`, `X`) could be another environment's under a second name. */
export const ZoneName = z.string().regex(/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/);

/** A value; a number is taken as it is written. */
export const Scalar = z.union([z.string(), z.number(), z.boolean()]);

/** A text that may not be empty. */
export const Text = z.string().min(1).max(10_000);

/** `512Mi`, `1.5Gi`. */
export const MemorySize = z.string().regex(/^[0-9]+(?:\.[0-9]+)?(?:Mi|Gi)$/);
