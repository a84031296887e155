import { Link } from '@tanstack/react-router';
import type { PoolView } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatCommand } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { StateIcon } from '../../states/state-icon.tsx';
import { describePool, describeSource } from './describe-pool.ts';
import { usePools } from './pool-queries.ts';
import classes from './pools.module.css';
import { SetPoolButton } from './set-pool-button.tsx';

/** How many attempts may use something scarce at a time, and who waits for it. */
export function PoolsPanel({ environment }: { readonly environment: string | undefined }): ReactNode {
  const pools = usePools(environment);
  return (
    <section className={classes.panel} aria-label="Pools">
      <h2>Pools</h2>
      {pools.isPending ? <LoadingRows label="Loading pools" /> : null}
      {pools.isError && !pools.data ? <ErrorPanel error={pools.error} onRetry={() => void pools.refetch()} /> : null}
      {pools.data?.length === 0 ? <NoPools /> : null}
      <ul className={classes.list}>
        {pools.data?.map((pool) => (
          <Pool key={pool.name} pool={pool} />
        ))}
      </ul>
    </section>
  );
}

function Pool({ pool }: { readonly pool: PoolView }): ReactNode {
  const isFull = pool.waiting > 0 && pool.held >= pool.slots;
  return (
    <li className={classes.pool}>
      <div className={classes.name}>
        <StateIcon state={isFull ? 'uncertain' : 'succeeded'} size={13} />
        <strong className="name">{pool.name}</strong>
        {isFull ? <span>full</span> : null}
      </div>
      <div className={classes.use}>
        <SlotBar pool={pool} />
        <p>{describePool(pool)}</p>
        <p className={`${classes.muted} name`}>{describeSource(pool)}</p>
      </div>
      <SetPoolButton pool={pool} />
    </li>
  );
}

/** Up to this many slots each is a box of its own; above, a share. */
const MOST_BOXES = 32;

function SlotBar({ pool: { slots, held } }: { readonly pool: PoolView }): ReactNode {
  if (slots > MOST_BOXES) {
    return (
      <span className={classes.bar} aria-hidden="true">
        <span style={{ width: `${Math.min(1, held / slots) * 100}%` }} />
      </span>
    );
  }
  return (
    <span className={classes.boxes} aria-hidden="true">
      {Array.from({ length: Math.max(slots, Math.min(held, MOST_BOXES)) }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: slots have no names
        <span key={index} data-held={index < held || undefined} data-over={index >= slots || undefined} />
      ))}
    </span>
  );
}

function NoPools(): ReactNode {
  return (
    <p className={classes.muted}>
      No pool here, so nothing limits how many tasks use one thing at a time. <code>pools:</code> in{' '}
      <code>towpath.yaml</code> declares one (<code>warehouse: 4</code>), <code>pool: 'warehouse'</code> on a task takes
      a slot of it. <Link to="/pipelines">Pipelines</Link> shows which tasks do. In a terminal:{' '}
      <CommandLine command={formatCommand('pools set warehouse 4 --create')} />
    </p>
  );
}
