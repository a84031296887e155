import type { ReleaseView } from '@towpath/api';
import { DIFFERENCE_WORDS, describeHow, type ReleaseDifference } from '@towpath/core';
import type { ReactNode } from 'react';
import { ShortDigest } from '../../layout/copyable-digest.tsx';
import { ErrorFactsPanel } from '../../layout/error-panel.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { isHash } from './is-hash.ts';
import { useDifferences } from './release-queries.ts';
import classes from './releases.module.css';

interface DifferenceTableProps {
  readonly before: ReleaseView;
  readonly after: ReleaseView;
}

/** What one release has that another has not. */
export function DifferenceTable({ before, after }: DifferenceTableProps): ReactNode {
  const found = useDifferences(before.id, after.id);
  if (found.isPending) return <LoadingRows label="Comparing both releases" />;
  if (!found.data) return <ErrorFactsPanel error={found.error} />;
  const { differences, leftOut } = found.data;
  if (differences.length === 0) return <p>They consist of the same.</p>;
  return (
    <>
      <Rows before={before} after={after} differences={differences} />
      {leftOut > 0 ? <p className={classes.muted}>{leftOut} more are not shown.</p> : null}
    </>
  );
}

interface RowsProps extends DifferenceTableProps {
  readonly differences: readonly ReleaseDifference[];
}

function Rows({ before, after, differences }: RowsProps): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it may be wider than a phone, and keys must reach it
    <section className={classes.scroll} aria-label={`${before.version} and ${after.version} side by side`} tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            {['What', 'Name', 'How', before.version, after.version].map((title, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns never move, and two versions may have one name
              <th scope="col" key={index}>
                <bdi>{title}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {differences.map((one) => (
            <tr key={`${one.kind} ${one.name}`}>
              <td>{DIFFERENCE_WORDS[one.kind]}</td>
              <th scope="row">
                <bdi>{one.name}</bdi>
              </th>
              <td>{describeHow(one)}</td>
              <td>
                <Part text={one.before} />
              </td>
              <td>
                <Part text={one.after} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Part({ text }: { readonly text: string | null }): ReactNode {
  if (text === null) return <span className={classes.muted}>–</span>;
  return isHash(text) ? <ShortDigest digest={text} /> : <span className="name">{text}</span>;
}
