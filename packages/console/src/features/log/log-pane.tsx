import { useLocalStorage } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useDeferredValue, useMemo, useState } from 'react';
import { formatBytes, formatCount } from '../../format/format-count.ts';
import { ErrorFactsPanel } from '../../layout/error-panel.tsx';
import classes from './log.module.css';
import { findLines } from './log-lines.ts';
import { useDownloadLog } from './log-queries.ts';
import type { LogSnapshot } from './log-reader.ts';
import { LogText } from './log-text.tsx';
import { LogToolbar } from './log-toolbar.tsx';

interface LogPaneProps {
  readonly attemptId: string;
  readonly log: LogSnapshot;
  /** Name of the downloaded file. */
  readonly fileName: string;
  /** Its task still runs, in this attempt or another: nothing here is called complete. */
  readonly isTaskRunning: boolean;
}

/** What an attempt wrote, as it writes: follows, searches, copies, downloads. */
export function LogPane({ attemptId, log, fileName, isTaskRunning }: LogPaneProps): ReactNode {
  const download = useDownloadLog(attemptId, fileName);
  const [isFollowing, setFollowing] = useState(true);
  const [isWrapping, setWrapping] = useLocalStorage({
    key: 'towpath-log-wrap',
    defaultValue: true,
    getInitialValueInEffect: false,
  });
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const wanted = useDeferredValue(text);
  // The array grows in place; the snapshot around it tells that it did.
  const matches = useMemo(() => findLines(log.lines, wanted), [log, wanted]);
  const step = (by: number): void => {
    if (matches.length === 0) return;
    setFollowing(false);
    setChosen((current) => (current + by + matches.length) % matches.length);
  };
  const search = (next: string): void => {
    setText(next);
    setChosen(0);
    if (next) setFollowing(false);
  };
  return (
    <section className={classes.pane} aria-label="Log">
      <LogToolbar
        search={{ text, matchCount: matches.length, chosen, onChange: search, onStep: step }}
        isFollowing={isFollowing}
        onFollow={setFollowing}
        isWrapping={isWrapping}
        onWrap={setWrapping}
        getText={() => log.lines.join('\n')}
        onDownload={() => download.mutate()}
        isDownloading={download.isPending}
      />
      {download.error ? <ErrorFactsPanel error={download.error} /> : null}
      <LogNotes log={log} />
      <LogText
        log={log}
        wanted={wanted}
        isWrapping={isWrapping}
        markedLine={matches[chosen]}
        isFollowing={isFollowing}
        onFollow={setFollowing}
      />
      <p className={classes.foot} role="status">
        {describeProgress(log, isTaskRunning)}
      </p>
    </section>
  );
}

function LogNotes({ log }: { readonly log: LogSnapshot }): ReactNode {
  return (
    <>
      {log.error && !log.isLoaded ? <ErrorFactsPanel error={log.error} /> : null}
      {log.error && log.isLoaded ? (
        <p className={classes.note}>The connection is lost; the log goes on when it is back.</p>
      ) : null}
      {log.skippedBytes > 0 ? (
        <p className={classes.note}>The first {formatBytes(log.skippedBytes)} are not shown. The download has all.</p>
      ) : null}
    </>
  );
}

function describeProgress(log: LogSnapshot, isTaskRunning: boolean): string {
  if (!log.isLoaded) return log.error ? 'Not loaded' : 'Loading';
  const size = `${formatCount(log.lines.length, 'line')}, ${formatBytes(log.lengthBytes)}`;
  if (!log.isComplete) return `${size}, more may come`;
  return isTaskRunning ? size : `${size}, complete`;
}
