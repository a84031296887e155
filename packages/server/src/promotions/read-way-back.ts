// Where a rollback would lead, before anybody asks for it: the same code as when it is carried out.
import type { PlanRollback, ReleaseName, ReleaseView } from '@towpath/api';
import { listRefreshPipelines } from '@towpath/core';
import type pg from 'pg';
import type { z } from 'zod';
import { withSnapshot } from '../db/database.ts';
import { findRelease } from '../releases/operations/find-release.ts';
import { releaseUnknown } from '../releases/release-errors.ts';
import { environmentUnknown } from '../runs/run-errors.ts';
import { findTarget } from './operations/find-target.ts';
import { listReleasedGraphs } from './operations/list-released-graphs.ts';
import { planRefresh, type RefreshAsked } from './plan-refresh.ts';
import { planWayBack, type WayAsked } from './plan-way-back.ts';
import { rollbackStale } from './promotion-errors.ts';

type Reply = z.input<(typeof PlanRollback)['reply']>;

/**
 * Plans it. Changes nothing, locks nothing.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `RELEASE_UNKNOWN`, `ROLLBACK_STALE`, `ROLLBACK_IMPOSSIBLE`, and those of `planRefresh`
 */
export function readWayBack(
  pool: pg.Pool,
  environment: string,
  asked: Pick<WayAsked, 'from' | 'to'> & { readonly fullRefresh?: RefreshAsked | undefined },
): Promise<Reply> {
  return withSnapshot(pool, async (tx) => {
    const target = await findTarget(tx, environment);
    if (!target) throw environmentUnknown(environment);
    const release = await findRelease(tx, asked.from);
    if (!release) throw releaseUnknown(asked.from);
    const way = await planWayBack(tx, target, asked);
    if (!way) throw rollbackStale(environment);
    const plan = structuredClone(way.plan) as Reply['plan'];
    const graphs = (await listReleasedGraphs(tx, way.to.id)).map(({ graph }) => graph);
    const planned = asked.fullRefresh && (await planRefresh(tx, way.to, asked.fullRefresh));
    const refresh = planned ? (structuredClone(planned) as Reply['refresh']) : null;
    const refreshPipelines = [...listRefreshPipelines(graphs)];
    return { from: toName(release), to: toName(way.to), plan, refreshPipelines, refresh };
  });
}

function toName({ id, project, version }: ReleaseView): ReleaseName {
  return { id, project, version };
}
