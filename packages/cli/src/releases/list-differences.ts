import { type Client, CompareReleases } from '@towpath/api';
import type { z } from 'zod';

/** Differences of two releases, as far as they are told. */
export type ToldDifferences = z.output<(typeof CompareReleases)['reply']>;

/** What a release has that the one before has not. */
export function listDifferences(
  client: Client,
  before: { readonly id: string },
  after: { readonly id: string },
): Promise<ToldDifferences> {
  return client.call(CompareReleases, { params: { releaseId: after.id }, query: { from: before.id } });
}
