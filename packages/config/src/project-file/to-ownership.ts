import type { Ownership } from '@towpath/core';
import type { OwnedInput } from './owned-schema.ts';

/** Patterns of every kind; none where none are declared. */
export function toOwnership(input: OwnedInput = {}): Ownership {
  return {
    buckets: input.buckets ?? [],
    hosts: input.hosts ?? [],
    databases: input.databases ?? [],
    accounts: input.accounts ?? [],
    namespaces: input.namespaces ?? [],
    principals: input.principals ?? [],
    realms: input.realms ?? [],
    secretPaths: input.secretPaths ?? [],
    paths: input.paths ?? [],
    urls: input.urls ?? [],
  };
}
