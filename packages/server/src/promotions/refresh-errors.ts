import {
  FULL_REFRESH_PARAMETER,
  type FullRefresh,
  MAX_PARAMETERS_CHARACTERS,
  MODEL_ROWS,
  type RefreshProblem,
  TOWPATH,
  TowpathError,
} from '@towpath/core';

/** The error about a release that was recorded without dbt models. */
export function refreshModelsMissing(version: string): TowpathError {
  return new TowpathError({
    code: 'REFRESH_MODELS_MISSING',
    message: `${version} names no dbt models, so none of them can be made anew.`,
    cause: 'When it was recorded, `towpath.yaml` declared no `dbt.folder`.',
    fix: `Roll back without a full refresh, and start the pipeline yourself: \`${TOWPATH} run\`.`,
  });
}

/** The error about names that mean no model which dbt can make anew; all of them. */
export function refreshModelsInvalid(version: string, problems: readonly RefreshProblem[]): TowpathError {
  return new TowpathError({
    code: 'REFRESH_MODEL_INVALID',
    message: `Not all of it can be made anew in ${version}; nothing was changed.`,
    cause: problems.map((problem) => describe(problem, version)).join(' '),
    fix: suggest(problems),
  });
}

function describe({ name, why, near }: RefreshProblem, version: string): string {
  switch (why) {
    case 'unknown':
      return `${version} has no model ${name}.`;
    case 'ambiguous':
      return `${name} may be ${near.join(' or ')}.`;
    case 'history':
    case 'none':
      return `${name}: ${MODEL_ROWS[why]}.`;
    case 'between':
      return `${name} lies between two of them, and keeps its rows: dbt can not make it anew.`;
    case 'unlisted':
      return `${JSON.stringify(name)}: a list can not hold that name. It may have letters, digits, _, - and dots.`;
  }
}

function suggest(problems: readonly RefreshProblem[]): string {
  const near = problems.flatMap(({ why, near: names }) => (why === 'unknown' ? names : []));
  if (near.length > 0) return `Did you mean ${near.join(', ')}?`;
  if (problems.some(({ why }) => why === 'between'))
    return 'Choose models that nothing of the kind lies between; start the pipeline for the others later.';
  return `Take names out of \`${TOWPATH} rollback <environment> --plan\`; unique ids such as model.shop.orders are exact.`;
}

/** The error about more models than one run takes. */
export function refreshTooLarge(version: string, { models, between }: FullRefresh): TowpathError {
  return new TowpathError({
    code: 'REFRESH_TOO_LARGE',
    message: `${models.length} models of ${version}, and ${between.length} that lie between, are more than one run takes.`,
    cause: `Their unique ids have more than ${MAX_PARAMETERS_CHARACTERS} characters together.`,
    fix: 'Choose fewer; start the pipeline for the others later.',
  });
}

/** The error where not exactly one pipeline makes models anew, or it is not the one that was named. */
export function refreshPipelineUnclear(
  version: string,
  able: readonly string[],
  named: string | undefined,
): TowpathError {
  const what = named === undefined ? 'Several pipelines' : `${named} is none of the pipelines that`;
  const verb = named === undefined ? 'can make models anew' : 'make models anew';
  return new TowpathError({
    code: 'REFRESH_PIPELINE_UNCLEAR',
    message:
      able.length === 0
        ? `No pipeline of ${version} makes models anew on demand.`
        : `${what} ${verb} in ${version}: ${able.join(', ')}.`,
    cause: `Those that do declare a parameter \`${FULL_REFRESH_PARAMETER}\`, a list of texts.`,
    fix:
      able.length === 0
        ? 'Roll back without a full refresh; give the pipeline that runs dbt that parameter in a later release.'
        : 'Name one by --by.',
  });
}

/** The error of a choice that comes after the rollback. */
export function refreshTooLate(environment: string, version: string, pipeline: string | undefined): TowpathError {
  return new TowpathError({
    code: 'REFRESH_TOO_LATE',
    message: `${environment} is back at ${version} already, without making that anew.`,
    cause: 'A full refresh is part of the rollback that it was asked for with.',
    fix: `Start it yourself: \`${TOWPATH} run ${pipeline ?? '<pipeline>'}\` with the parameter ${FULL_REFRESH_PARAMETER}.`,
  });
}
