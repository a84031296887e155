import type { DatakitCell as Cell, DatakitView } from '@towpath/api';
import type { ReactNode } from 'react';
import { Instant } from '../../layout/instant.tsx';
import { useNow } from '../../layout/use-now.ts';
import { StateIcon } from '../../states/state-icon.tsx';
import { DatakitCell } from './datakit-cell.tsx';
import classes from './datakits.module.css';
import { describeSource, findStaleAge } from './describe-datakits.ts';

/** A row per datakit, a column per environment; on a phone a block per datakit. */
export function DatakitMatrix({ datakits }: { readonly datakits: readonly DatakitView[] }): ReactNode {
  const columns = datakits[0]?.environments ?? [];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: many environments are wider than a screen, and keys must reach them
    <section className={classes.scroll} aria-label="Datakits by environment" tabIndex={0}>
      <table className={classes.matrix}>
        <thead>
          <tr>
            <th scope="col">Datakit</th>
            {columns.map((cell) => (
              <th key={cell.environment} scope="col" data-kind={cell.kind}>
                <Column cell={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {datakits.map(({ name, environments }) => (
            <tr key={name}>
              <th scope="row">
                <bdi>{name}</bdi>
              </th>
              {environments.map((cell) => (
                <td key={cell.environment}>
                  <div className={classes.where}>
                    <Column cell={cell} />
                  </div>
                  <DatakitCell datakit={name} cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** An environment, and how fresh is what is known of it: the same for all of its datakits. */
function Column({ cell }: { readonly cell: Cell }): ReactNode {
  return (
    <div className={classes.column}>
      <span>
        <bdi>{cell.environment}</bdi>
        {cell.kind === 'production' ? <span className={classes.kind}> production</span> : null}
      </span>
      <small>{describeSource(cell)}</small>
      {cell.observed === null ? null : <Freshness cell={cell} at={cell.observed.at} />}
    </div>
  );
}

function Freshness({ cell, at }: { readonly cell: Cell; readonly at: string }): ReactNode {
  const age = findStaleAge(cell, useNow(5000));
  if (age === undefined)
    return (
      <small>
        seen <Instant at={at} />
      </small>
    );
  return (
    <small className={classes.stale}>
      <StateIcon state="uncertain" size={12} /> stale: as it was {age} ago
    </small>
  );
}
