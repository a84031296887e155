// A84: what a rollback rebuilds from scratch. Going back changes the code; rows that an incremental model or a snapshot kept stay as the
// release that is left made them.
import type { Graph } from '../graph/graph.ts';
import { findNearest } from '../naming/find-nearest.ts';
import { listReached, toRead, toReaders } from './dbt-graph.ts';
import type { ReleasedDbt, ReleasedDbtModel } from './release.ts';

/** The parameter, a list of texts, by which a pipeline says that it rebuilds models. */
export const FULL_REFRESH_PARAMETER = 'fullRefresh';

/** What becomes of the rows of a model when its pipeline runs next. */
export const MODEL_ROWS = {
  rebuilt: 'made anew by its next run',
  kept: 'stay; a full refresh makes them anew',
  history: 'stay; dbt can not make them anew',
  none: 'it holds none',
  unknown: 'unknown: the release was recorded without how it is kept',
} as const;

export type ModelRows = keyof typeof MODEL_ROWS;

/** By how the model is kept. One whose configuration says `full_refresh: false` keeps its rows as a snapshot does. */
export function judgeModelRows({ name, materialized, isNeverRefreshed }: ReleasedDbtModel): ModelRows {
  if (name.startsWith('snapshot.') || isNeverRefreshed) return 'history';
  if (name.startsWith('seed.')) return 'rebuilt';
  if (materialized === undefined) return 'unknown';
  if (materialized === 'ephemeral') return 'none';
  return materialized === 'incremental' ? 'kept' : 'rebuilt';
}

/** What is rebuilt. All are dbt's unique ids, in name order. */
export interface FullRefresh {
  /** What was chosen. */
  readonly models: readonly string[];
  /** What reads one that was chosen and is read by another one: it has to be rebuilt in its turn. */
  readonly between: readonly string[];
  /** All else that reads one of them; it is built as always, after them. */
  readonly downstream: readonly string[];
}

/** Why a model can't be made anew. */
export interface RefreshProblem {
  readonly name: string;
  /** `between`: it was not chosen, lies between two that were, and keeps its rows. `unlisted`: its name fits into no list. */
  readonly why: 'unknown' | 'ambiguous' | 'history' | 'none' | 'between' | 'unlisted';
  /** Those that may have been meant. */
  readonly near: readonly string[];
}

/**
 * True for the name of a model, or its unique id, that can be one of a list with commas between: letters of any script, digits, `_`, `-`
 * and `.`, none of the last two first.
 */
export function isListableModel(name: string): boolean {
  return /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]*$/u.test(name);
}

/** Plans a refresh in the release that is gone back to. Names are unique ids, or their last part where one model has it. */
export function planFullRefresh(
  dbt: ReleasedDbt,
  names: readonly string[],
): { readonly refresh: FullRefresh } | { readonly problems: readonly RefreshProblem[] } {
  const found = findModels(dbt.models, [...new Set(names)]);
  const misnamed = found.flatMap((one) => ('why' in one ? [one] : []));
  if (misnamed.length > 0) return { problems: misnamed };
  const chosen = new Set(found.map(({ name }) => name));
  const below = listReached(toReaders([dbt.models]), chosen);
  const above = listReached(toRead(dbt.models), chosen);
  const rest = dbt.models.filter(({ name }) => below.has(name) && !chosen.has(name));
  const isBetween = (model: ReleasedDbtModel) => above.has(model.name) && judgeModelRows(model) !== 'none';
  const between = rest.filter(isBetween);
  const problems = [...dbt.models.filter(({ name }) => chosen.has(name)), ...between].flatMap((model) =>
    findProblem(model, chosen.has(model.name)),
  );
  if (problems.length > 0) return { problems };
  const downstream = toNames(rest.filter((model) => !isBetween(model)));
  return { refresh: { models: [...chosen].sort(), between: toNames(between), downstream } };
}

function findProblem(model: ReleasedDbtModel, isChosen: boolean): readonly RefreshProblem[] {
  const { name } = model;
  if (!isChosen && judgeModelRows(model) === 'history') return [{ name, why: 'between', near: [] }];
  return isListableModel(name) ? [] : [{ name, why: 'unlisted', near: [] }];
}

function toNames(models: readonly ReleasedDbtModel[]): readonly string[] {
  return models.map(({ name }) => name).sort();
}

/** Each unknown name is compared with every model's: more hints than these nobody reads. */
const MAX_HINTS = 10;

function findModels(
  models: readonly ReleasedDbtModel[],
  names: readonly string[],
): readonly (ReleasedDbtModel | RefreshProblem)[] {
  const byId = new Map(models.map((model) => [model.name, model]));
  const byShortName = Map.groupBy(models, ({ name }) => toShortName(name));
  const found = names.map((name) => {
    const named = byId.get(name);
    return judgeFound(name, named ? [named] : (byShortName.get(name) ?? []));
  });
  const hinted = new Set(found.filter((one) => 'why' in one && one.why === 'unknown').slice(0, MAX_HINTS));
  return found.map((one) => (hinted.has(one) ? { ...one, near: listNear(models, one.name) } : one));
}

function judgeFound(name: string, [model, ...others]: readonly ReleasedDbtModel[]): ReleasedDbtModel | RefreshProblem {
  if (!model) return { name, why: 'unknown', near: [] };
  if (others.length > 0) return { name, why: 'ambiguous', near: toNames([model, ...others]) };
  const rows = judgeModelRows(model);
  return rows === 'history' || rows === 'none' ? { name, why: rows, near: [] } : model;
}

function listNear(models: readonly ReleasedDbtModel[], name: string): readonly string[] {
  const isShort = !name.includes('.');
  const nearest = findNearest(
    name,
    models.map((model) => (isShort ? toShortName(model.name) : model.name)),
  );
  return nearest === undefined ? [] : [nearest];
}

/** `orders` of `model.shop.orders`; `orders.v2` of a model with versions. */
export function toShortName(uniqueId: string): string {
  return uniqueId.split('.').slice(2).join('.');
}

/** The pipelines of a release that take models to rebuild, by their declared parameter. */
export function listRefreshPipelines(graphs: readonly Graph[]): readonly string[] {
  return graphs
    .filter(({ parameters }) => parameters?.[FULL_REFRESH_PARAMETER]?.type === 'array')
    .map(({ pipeline }) => pipeline)
    .sort();
}
