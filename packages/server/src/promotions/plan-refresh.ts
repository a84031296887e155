// A84: what a rollback shall make anew, checked before anybody goes back: every name against the models of the release that is gone
// back to, and that exactly one of its pipelines does it.
import type { PromotionView, ReleaseView } from '@towpath/api';
import {
  FULL_REFRESH_PARAMETER,
  type Graph,
  listRefreshPipelines,
  MAX_PARAMETERS_CHARACTERS,
  planFullRefresh,
  type ReleasedDbt,
  resolveParameters,
} from '@towpath/core';
import type { Db } from '../db/database.ts';
import { findRelease } from '../releases/operations/find-release.ts';
import { releaseUnknown } from '../releases/release-errors.ts';
import type { PlannedRefresh } from './operations/insert-refresh.ts';
import { listReleasedGraphs } from './operations/list-released-graphs.ts';
import {
  refreshModelsInvalid,
  refreshModelsMissing,
  refreshPipelineUnclear,
  refreshTooLarge,
} from './refresh-errors.ts';

/** What somebody asks for. */
export interface RefreshAsked {
  /** Unique ids, or their last parts. */
  readonly models: readonly string[];
  /** Absent: the one that takes models. */
  readonly pipeline?: string | undefined;
}

/**
 * Plans it for a release. Locks nothing.
 *
 * @throws TowpathError `REFRESH_MODELS_MISSING`, `REFRESH_MODEL_INVALID`, `REFRESH_PIPELINE_UNCLEAR`, `REFRESH_TOO_LARGE`,
 * `PARAMETERS_INVALID`
 */
export async function planRefresh(
  db: Db,
  { id, version, bill }: ReleaseView,
  asked: RefreshAsked,
): Promise<PlannedRefresh> {
  const { dbt } = bill;
  if (dbt === undefined) throw refreshModelsMissing(version);
  // Checked by the same schema when it was recorded.
  const planned = planFullRefresh(dbt as ReleasedDbt, asked.models);
  if ('problems' in planned) throw refreshModelsInvalid(version, planned.problems);
  const graphs = (await listReleasedGraphs(db, id)).map(({ graph }) => graph);
  const graph = choosePipeline(graphs, version, asked.pipeline);
  const refresh = { ...planned.refresh, pipeline: graph.pipeline };
  const parameters = toRefreshParameters(refresh);
  if (JSON.stringify(parameters).length > MAX_PARAMETERS_CHARACTERS) throw refreshTooLarge(version, refresh);
  resolveParameters(graph.parameters ?? {}, parameters);
  return refresh;
}

/** What its run is started with. */
export function toRefreshParameters({ models, between }: Pick<PlannedRefresh, 'models' | 'between'>) {
  return { [FULL_REFRESH_PARAMETER]: [...models, ...between].sort() };
}

function choosePipeline(graphs: readonly Graph[], version: string, named: string | undefined): Graph {
  const able = listRefreshPipelines(graphs);
  const fitting = able.filter((pipeline) => named === undefined || pipeline === named);
  const graph = graphs.find(({ pipeline }) => pipeline === fitting[0]);
  if (graph === undefined || fitting.length > 1) throw refreshPipelineUnclear(version, able, named);
  return graph;
}

/**
 * True when a rollback makes anew what is asked for; also when nothing is asked for.
 *
 * @throws TowpathError `RELEASE_UNKNOWN`, and those of `planRefresh`
 */
export async function isRefreshOf(db: Db, rollback: PromotionView, asked: RefreshAsked | undefined): Promise<boolean> {
  if (asked === undefined) return true;
  const release = await findRelease(db, rollback.release.id);
  if (!release) throw releaseUnknown(rollback.release.id);
  const { pipeline, models } = await planRefresh(db, release, asked);
  return rollback.refresh?.pipeline === pipeline && rollback.refresh.models.join() === models.join();
}
