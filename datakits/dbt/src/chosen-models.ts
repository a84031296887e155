// Which nodes of the project are meant by names, exactly: a selector by name alone would also take every model of a folder that is called so.
import { planFullRefresh, type RefreshProblem, type ReleasedDbtModel, TowpathError } from '@towpath/core';
import { z } from 'zod';

const Manifest = z.object({
  metadata: z.object({ project_name: z.string().optional() }).default({}),
  nodes: z.record(
    z.string(),
    z.object({
      unique_id: z.string(),
      resource_type: z.string(),
      package_name: z.string(),
      original_file_path: z.string(),
      config: z.object({ full_refresh: z.boolean().nullish(), materialized: z.string().optional() }).catch({}),
      depends_on: z.object({ nodes: z.array(z.string()).default([]) }).default({ nodes: [] }),
    }),
  ),
});
type Node = z.output<typeof Manifest>['nodes'][string];

/** Models that are to be made anew. */
export interface ChosenModels {
  /** Those that were named, and what lies between them. */
  readonly uniqueIds: readonly string[];
  /** Selectors of dbt: these alone, and these with all that reads them. */
  readonly selectors: readonly string[];
  readonly withReaders: readonly string[];
}

/**
 * Finds them by name or unique id, with what reads one of them and is read by another: left as it is, it would bring old rows into that.
 *
 * @throws TowpathError `MODEL_UNKNOWN`, `MODEL_NEVER_REFRESHED`
 */
export function chooseModels(manifest: string, names: readonly string[]): ChosenModels {
  const { metadata, nodes: all } = Manifest.parse(JSON.parse(manifest));
  const nodes = new Map(
    Object.values(all).flatMap((node) =>
      ['model', 'seed', 'snapshot'].includes(node.resource_type) ? [[node.unique_id, node] as const] : [],
    ),
  );
  const models = [...nodes.values()].map(toModel);
  const planned = planFullRefresh({ project: metadata.project_name ?? '', models }, names);
  if ('problems' in planned) throw notChoosable(planned.problems);
  const uniqueIds = [...planned.refresh.models, ...planned.refresh.between];
  const chosen = uniqueIds.flatMap((id) => nodes.get(id) ?? []);
  const paths = chosen.map(({ original_file_path: path }) => `path:${toPattern(path)}`);
  return {
    uniqueIds,
    selectors: chosen.map((node, at) => `${paths[at]},package:${node.package_name}`),
    withReaders: paths.map((path) => `${path}+`),
  };
}

function toModel({ unique_id: name, config, depends_on }: Node): ReleasedDbtModel {
  return {
    ...{ name, checksum: '', dependsOn: depends_on.nodes, materialized: config.materialized },
    isNeverRefreshed: config.full_refresh === false,
  };
}

/**
 * A path as dbt reads it: brackets and wild cards stand for themselves, and what ends a selector is any one character. That may be another
 * path, too: see `requireExact`.
 */
function toPattern(path: string): string {
  return path.replaceAll(/[[*?]/g, '[$&]').replaceAll(/[\s,]/g, '?');
}

/**
 * Nothing but what was chosen may be made anew: rows of others would be lost.
 *
 * @throws TowpathError `MODELS_NOT_SELECTABLE`
 */
export function requireExact({ uniqueIds }: ChosenModels, selected: readonly string[]): void {
  const missing = uniqueIds.filter((id) => !selected.includes(id));
  const foreign = selected.filter((id) => !uniqueIds.includes(id));
  if (missing.length + foreign.length === 0) return;
  throw new TowpathError({
    code: 'MODELS_NOT_SELECTABLE',
    message: 'dbt can not be told to make these anew and no others.',
    cause: [
      ...(missing.length > 0 ? [`It would leave out ${missing.join(', ')}.`] : []),
      ...(foreign.length > 0 ? [`It would also take ${foreign.join(', ')}.`] : []),
      'Nothing was built.',
    ].join(' '),
    fix: 'Models of packages, and what `run` does not build, can not be chosen; files need names without blanks, commas and wild cards.',
  });
}

function notChoosable(problems: readonly RefreshProblem[]): TowpathError {
  const isUnknown = problems.some(({ why }) => why === 'unknown' || why === 'ambiguous');
  const near = problems.flatMap(({ why, near: names }) => (why === 'unknown' ? names : []));
  return new TowpathError({
    code: isUnknown ? 'MODEL_UNKNOWN' : 'MODEL_NEVER_REFRESHED',
    message: problems.map(describe).join(' '),
    cause: 'Nothing was built.',
    fix: near.length > 0 ? `Did you mean ${near.join(', ')}?` : FIX[isUnknown ? 'unknown' : 'never'],
  });
}

const FIX = {
  unknown: 'Name it by its unique id: model.shop.orders.',
  never: 'Leave it out, and what it lies between; or change its configuration.',
};

function describe({ name, why, near }: RefreshProblem): string {
  switch (why) {
    case 'unknown':
      return `The dbt project has no model ${name}.`;
    case 'ambiguous':
      return `${name} may be ${near.join(', ')}.`;
    case 'history':
      return `${name} is a snapshot or configured with \`full_refresh: false\`, so dbt would keep its rows.`;
    case 'none':
      return `${name} is ephemeral: it holds no rows.`;
    case 'between':
      return `${name} lies between, and is a snapshot or configured with \`full_refresh: false\`, so dbt would keep its rows.`;
    case 'unlisted':
      return `${JSON.stringify(name)} has a name that no list can hold.`;
  }
}
