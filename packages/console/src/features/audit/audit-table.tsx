import { Link } from '@tanstack/react-router';
import type { AuditEntryView } from '@towpath/api';
import { AUDIT_ACTIONS } from '@towpath/core';
import type { ReactNode } from 'react';
import { CopyableId } from '../../layout/copyable-id.tsx';
import { Instant } from '../../layout/instant.tsx';
import { ListPanel } from '../../layout/list-panel.tsx';
import { useVirtualRows } from '../../layout/use-virtual-rows.ts';
import classes from './audit.module.css';

interface AuditTableProps {
  readonly entries: readonly AuditEntryView[];
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly onLoadMore: () => void;
}

/** Height of an entry before it is measured. */
const ENTRY_PX = 62;

/** Entries, newest first; only those in sight are drawn. */
export function AuditTable({ entries, ...more }: AuditTableProps): ReactNode {
  const { list, heightPx, rows, measure } = useVirtualRows<HTMLOListElement>({
    count: entries.length,
    rowPx: ENTRY_PX,
    overscan: 10,
    keyOf: (index) => entries[index]?.sequence ?? index,
  });
  return (
    <ListPanel count={entries.length} noun="decision" {...more}>
      <ol ref={list} aria-label="Entries, newest first" className={classes.entries} style={{ height: heightPx }}>
        {rows.map(({ index, key, offsetPx }) => {
          const entry = entries[index];
          return entry ? (
            <li
              key={key}
              ref={measure}
              data-index={index}
              className={classes.entry}
              style={{ transform: `translateY(${offsetPx}px)` }}
            >
              <Entry entry={entry} />
            </li>
          ) : null;
        })}
      </ol>
    </ListPanel>
  );
}

function Entry({ entry }: { readonly entry: AuditEntryView }): ReactNode {
  const { actor, action, at, why, sequence } = entry;
  return (
    <>
      <span className={classes.when}>
        <Instant at={at} />
        <span className={classes.muted}>#{sequence}</span>
      </span>
      <span className={classes.what}>
        <span className="prose">
          <strong className="name">{actor.name}</strong>
          {actor.kind === 'person' ? '' : <span className={classes.muted}> ({actor.kind})</span>}{' '}
          <code title={explainAction(action)}>{action}</code> <Subject entry={entry} />
        </span>
        {why ? <q className="name">{why}</q> : null}
        <Details entry={entry} />
      </span>
    </>
  );
}

function explainAction(action: string): string | undefined {
  return new Map<string, string>(Object.entries(AUDIT_ACTIONS)).get(action);
}

/** What was decided about; a run leads to its page. */
function Subject({ entry: { subject, environment } }: { readonly entry: AuditEntryView }): ReactNode {
  return (
    <>
      {subject.kind === 'run' ? (
        <Link to="/runs/$runId" params={{ runId: subject.id }} className="name">
          {subject.name}
        </Link>
      ) : (
        <bdi>{subject.name}</bdi>
      )}
      {environment ? <span className={classes.muted}> in {environment}</span> : null}
    </>
  );
}

function Details({ entry }: { readonly entry: AuditEntryView }): ReactNode {
  const { details, hash } = entry;
  return (
    <details className={classes.details}>
      <summary data-row>{Object.keys(details).join(', ') || 'details'}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{JSON.stringify(details, null, 2)}</pre>
      <p>
        Hash <CopyableId id={hash} what="hash" />
      </p>
    </details>
  );
}
