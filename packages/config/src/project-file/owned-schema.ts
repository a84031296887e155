import { z } from 'zod';
import { Text } from './words.ts';

const Patterns = z.array(Text);

/** What an environment owns, or what several may use. `*` stands for any text; a pattern that ends in `/` for all below it. */
export const OwnedSchema = z
  .strictObject({
    buckets: Patterns,
    hosts: Patterns,
    databases: Patterns,
    accounts: Patterns,
    namespaces: Patterns,
    principals: Patterns,
    realms: Patterns,
    secretPaths: Patterns,
    paths: Patterns,
    urls: Patterns,
  })
  .partial();

export type OwnedInput = z.output<typeof OwnedSchema>;
