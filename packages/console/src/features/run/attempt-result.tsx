import type { AttemptView } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatNumber } from '../../format/format-count.ts';
import { readResult, type TableResult } from './read-result.ts';
import classes from './run.module.css';

/** The result document: rows first, the rest as JSON. */
export function AttemptResult({ result }: { readonly result: AttemptView['result'] }): ReactNode {
  const { table, rest } = readResult(result);
  return (
    <>
      {table ? <TableRows table={table} /> : null}
      {rest ? (
        <details className={classes.rest}>
          <summary>{table ? 'More of the result' : 'Result'}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre tabIndex={0}>{rest}</pre>
        </details>
      ) : null}
    </>
  );
}

function TableRows({ table }: { readonly table: TableResult }): ReactNode {
  const { target, rowsRead, rowsLoaded, rowsQuarantined } = table;
  return (
    <dl className={classes.rowsOf} aria-label={`Rows of ${target}`}>
      <Count term="Rows read" value={rowsRead} />
      <Count term="Loaded" value={rowsLoaded} />
      <Count term="Quarantined" value={rowsQuarantined} isBad={rowsQuarantined > 0} />
      <div>
        <dt>Into</dt>
        <dd className={classes.target}>
          <code className="name">{target}</code>
        </dd>
      </div>
    </dl>
  );
}

interface CountProps {
  readonly term: string;
  readonly value: number;
  readonly isBad?: boolean;
}

function Count({ term, value, isBad = false }: CountProps): ReactNode {
  return (
    <div data-bad={isBad || undefined}>
      <dt>{term}</dt>
      <dd className={classes.number}>{formatNumber(value)}</dd>
    </div>
  );
}
