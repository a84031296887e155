import { useSearch } from '@tanstack/react-router';
import { type ReactNode, useDeferredValue, useMemo } from 'react';
import { formatCommand } from '../../format/format-command.ts';
import { browserTimeZone } from '../../format/format-instant.ts';
import { formatPageTitle } from '../../format/format-page-title.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { EmptyState } from '../../layout/empty-state.tsx';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { Headline } from '../../layout/headline.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { useNow } from '../../layout/use-now.ts';
import classes from './board.module.css';
import { BoardFilter } from './board-filter.tsx';
import { type Board, useBoard } from './board-queries.ts';
import { BoardTable } from './board-table.tsx';
import { describeBoard } from './describe-board.ts';
import { toBoardLines } from './to-board.ts';

/** What runs where, and what is waiting for what? */
export function BoardPage(): ReactNode {
  const board = useBoard();
  return (
    <>
      {/* It is about all environments, so the tab names none. */}
      <title>{formatPageTitle('Board', undefined)}</title>
      {board.isPending ? <LoadingRows label="Loading the board" /> : null}
      {board.error && !board.data ? (
        <ErrorPanel title="The board can't be shown" error={board.error} onRetry={() => void board.refetch()} />
      ) : null}
      {board.data ? board.data.rows.length > 0 ? <LoadedBoard board={board.data} /> : <NoEnvironments /> : null}
    </>
  );
}

function LoadedBoard({ board }: { readonly board: Board }): ReactNode {
  const search = useSearch({ from: '/framed/board' });
  const nowMs = useNow(30_000);
  // Typing stays quick while a thousand cells are sought through.
  const sought = useDeferredValue(search);
  const lines = useMemo(() => toBoardLines(board, sought), [board, sought]);
  const { words, tone } = describeBoard(board, nowMs, browserTimeZone());
  return (
    <div className={classes.page}>
      <Headline tone={tone}>{words}</Headline>
      <BoardFilter search={search} />
      {lines.length > 0 ? <BoardTable lines={lines} /> : <NothingMatches />}
      {board.rows.every(({ deployment }) => deployment === null) ? <NoReleaseYet /> : null}
      <p className={classes.foot}>
        Runs with the release that is there now are underlined. In a terminal:{' '}
        <CommandLine command={formatCommand('board')} />
      </p>
    </div>
  );
}

function NothingMatches(): ReactNode {
  return (
    <EmptyState title="Nothing like that is on the board">
      <p>Clear the filter, or look for a part of the name of a project, environment or pipeline.</p>
    </EmptyState>
  );
}

function NoReleaseYet(): ReactNode {
  return (
    <EmptyState title="No release runs anywhere yet">
      <p>Record one from a commit whose version has a section in CHANGELOG.md, and promote it:</p>
      <CommandLine command={formatCommand('release create v1.0.0')} />
      <CommandLine command={formatCommand('promote v1.0.0 --to int')} />
    </EmptyState>
  );
}

function NoEnvironments(): ReactNode {
  return (
    <div className={classes.page}>
      <Headline>No environment takes releases yet</Headline>
      <EmptyState title="Only local so far">
        <p>
          A board has a column for each shared or production environment. Declare some in <code>towpath.yaml</code>,
          then:
        </p>
        <CommandLine command={formatCommand('environment apply')} />
      </EmptyState>
    </div>
  );
}
