import { Link } from '@tanstack/react-router';
import type { BoardRow, ReleaseView } from '@towpath/api';
import type { ReactNode } from 'react';
import { ColumnHeads } from '../../layout/column-heads.tsx';
import { ShortDigest } from '../../layout/copyable-digest.tsx';
import { Instant } from '../../layout/instant.tsx';
import { NameList } from '../../layout/name-list.tsx';
import classes from './releases.module.css';

interface ReleaseTableProps {
  readonly releases: readonly ReleaseView[];
  readonly rows: readonly BoardRow[];
}

/** Releases, newest first, each with the environments that run it. */
export function ReleaseTable({ releases, rows }: ReleaseTableProps): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it may be wider than a phone, and keys must reach it
    <section className={classes.scroll} aria-label="List of releases" tabIndex={0}>
      <table className={classes.table} aria-label="Releases">
        <thead>
          <tr>
            <ColumnHeads titles={['Version', 'Project', 'Runs in', 'Commit', 'Recorded', 'By']} />
          </tr>
        </thead>
        <tbody>
          {releases.map((release) => (
            <tr key={release.id}>
              <th scope="row">
                <Link to="/releases/$releaseId" params={{ releaseId: release.id }} data-row className="name">
                  {release.version}
                </Link>
              </th>
              <td className="name">{release.project}</td>
              <td>
                <RunsIn names={listEnvironments(rows, release.id)} />
              </td>
              <td>
                <ShortDigest digest={release.bill.gitSha} />
              </td>
              <td>
                <Instant at={release.createdAt} />
              </td>
              <td className="name">{release.createdBy}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function RunsIn({ names }: { readonly names: readonly string[] }): ReactNode {
  return names.length > 0 ? <NameList names={names} /> : <span className={classes.muted}>–</span>;
}

function listEnvironments(rows: readonly BoardRow[], releaseId: string): readonly string[] {
  return rows.filter(({ deployment }) => deployment?.release.id === releaseId).map(({ environment }) => environment);
}
