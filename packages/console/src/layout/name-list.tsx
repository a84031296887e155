import { Fragment, type ReactNode } from 'react';

/** Names with commas between; each is isolated, so that right-to-left names don't turn their neighbours. */
export function NameList({ names }: { readonly names: readonly string[] }): ReactNode {
  return names.map((name, index) => (
    <Fragment key={name}>
      {index > 0 ? ', ' : ''}
      <bdi>{name}</bdi>
    </Fragment>
  ));
}
