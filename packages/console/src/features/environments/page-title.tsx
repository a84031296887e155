import type { ReactNode } from 'react';
import { formatPageTitle } from '../../format/format-page-title.ts';
import { useEnvironment } from './environment-queries.ts';

/** The tab's title: page, then environment; production in capitals, first. */
export function PageTitle({ page }: { readonly page: string }): ReactNode {
  return <title>{formatPageTitle(page, useEnvironment().environment)}</title>;
}
