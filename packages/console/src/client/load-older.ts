// The next page of a list that events refresh.

/** What is needed of a list; `useInfiniteQuery` gives it. */
interface PagedList {
  readonly data: { readonly pages: readonly unknown[] } | undefined;
  fetchNextPage(): Promise<Pick<PagedList, 'data'> & { readonly isError: boolean }>;
}

/** A refresh by an event takes the place of what is under way; so often in a row nobody is that unlucky. */
const LOAD_TRIES = 5;

/** Reads the next page, again when a refresh took its place: a click must not be lost. */
export async function loadOlder(list: PagedList): Promise<void> {
  const before = list.data?.pages.length ?? 0;
  for (let tries = 0; tries < LOAD_TRIES; tries += 1) {
    const { data, isError } = await list.fetchNextPage();
    if (isError || (data?.pages.length ?? 0) > before) return;
  }
}
