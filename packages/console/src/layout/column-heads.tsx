import type { ReactNode } from 'react';

interface ColumnHeadsProps {
  readonly titles: readonly string[];
}

/** The heads of a table's columns, for its first row. */
export function ColumnHeads({ titles }: ColumnHeadsProps): ReactNode {
  return titles.map((title) => (
    <th scope="col" key={title}>
      {title}
    </th>
  ));
}
