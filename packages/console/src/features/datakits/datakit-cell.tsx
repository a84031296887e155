import { Link } from '@tanstack/react-router';
import type { DatakitCell as Cell, LastDatakitRun } from '@towpath/api';
import type { ReactNode } from 'react';
import { CopyableDigest, ShortDigest } from '../../layout/copyable-digest.tsx';
import { Instant } from '../../layout/instant.tsx';
import { StateIcon } from '../../states/state-icon.tsx';
import classes from './datakits.module.css';
import { describeAbsence, describeNamed, listAlertWords, stateOfWord } from './describe-datakits.ts';

interface DatakitCellProps {
  readonly datakit: string;
  readonly cell: Cell;
}

/** One datakit in one environment: what is published, what is wrong with it, what ran last. */
export function DatakitCell({ datakit, cell }: DatakitCellProps): ReactNode {
  const named = describeNamed(cell);
  return (
    <div className={classes.cell}>
      <Published datakit={datakit} cell={cell} />
      <Alerts cell={cell} />
      {named ? <p className={classes.muted}>{named}</p> : null}
      {cell.lastRun ? <LastRun environment={cell.environment} run={cell.lastRun} /> : null}
    </div>
  );
}

function Published({ datakit, cell }: DatakitCellProps): ReactNode {
  const { newest, environment, isBehind } = cell;
  if (newest === null) return <p className={classes.muted}>{describeAbsence(cell)}</p>;
  return (
    <p className={classes.published}>
      <strong className="name">{newest.version}</strong>
      {newest.digest ? (
        <CopyableDigest digest={newest.digest} what={`digest of ${datakit} ${newest.version} in ${environment}`} />
      ) : null}
      {isBehind ? (
        <span className={classes.muted} title="Promotion has not come this far">
          behind
        </span>
      ) : null}
    </p>
  );
}

/** The word first, then what exactly. */
function Alerts({ cell: { alerts, error } }: { readonly cell: Cell }): ReactNode {
  if (alerts.length === 0 && error === null) return null;
  const words = listAlertWords(alerts);
  const isBad = words.some((word) => word !== 'drift');
  return (
    <div className={classes.alerts} data-tone={isBad ? 'bad' : 'warn'}>
      <p className={classes.words}>
        {words.map((word) => (
          <span key={word}>
            <StateIcon state={stateOfWord(word)} size={13} /> {word}
          </span>
        ))}
        {error ? (
          <span>
            <StateIcon state="uncertain" size={13} /> registry did not answer
          </span>
        ) : null}
      </p>
      <ul>
        {alerts.map(({ code, version, text }) => (
          <li key={`${code} ${version}`} className="name">
            {text}
          </li>
        ))}
        {[error?.message, error?.cause, error?.fix].map((line) =>
          line ? (
            <li key={line} className="name">
              {line}
            </li>
          ) : null,
        )}
      </ul>
    </div>
  );
}

function LastRun({ environment, run }: { readonly environment: string; readonly run: LastDatakitRun }): ReactNode {
  const digest = run.image?.digest;
  return (
    <p className={classes.last}>
      <StateIcon state={run.state} size={13} />
      <span>
        ran {run.version}
        {digest ? (
          <>
            {' '}
            <ShortDigest digest={digest} />
          </>
        ) : null}{' '}
        <Instant at={run.finishedAt} /> in{' '}
        <Link
          to="/runs/$runId"
          params={{ runId: run.runId }}
          search={{ environment, task: run.taskId }}
          className="name"
        >
          {run.runName}
        </Link>
      </span>
    </p>
  );
}
