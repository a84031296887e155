// All graphs of a registration are judged together, so that an author sees every problem at once.
import { checkGraph, type Graph, TOWPATH, TowpathError } from '@towpath/core';

/** One module's pipeline as it is registered. */
export interface RegisteredPipeline {
  readonly sourceFile: string;
  readonly graph: Graph;
}

/** An error that names more than this helps nobody. */
const MAX_PROBLEMS = 50;

/**
 * Checks every graph, that no name is used twice, and that every pool exists.
 *
 * @throws TowpathError `GRAPH_INVALID` listing all problems
 */
export function checkRegistration(pipelines: readonly RegisteredPipeline[], poolNames: ReadonlySet<string>): void {
  const problems = [
    ...pipelines.flatMap(describeProblems),
    ...describeDuplicates(pipelines),
    ...pipelines.flatMap((pipeline) => describePools(pipeline, poolNames)),
  ];
  if (problems.length === 0) return;
  const more = problems.length > MAX_PROBLEMS ? [`and ${problems.length - MAX_PROBLEMS} more`] : [];
  throw new TowpathError({
    code: 'GRAPH_INVALID',
    message: problems.length === 1 ? 'A pipeline is not valid.' : `Pipelines have ${problems.length} problems.`,
    cause: [...problems.slice(0, MAX_PROBLEMS), ...more].join('\n'),
    fix: 'Correct the pipeline files; the last good pipelines stay until then.',
  });
}

function describeProblems({ sourceFile, graph }: RegisteredPipeline): string[] {
  return checkGraph(graph).map(({ code, taskId, detail }) => {
    const place = taskId === undefined ? graph.pipeline : `${graph.pipeline}/${taskId}`;
    return `${sourceFile}: ${place}: ${code}: ${detail}`;
  });
}

// A task of a pool that nobody declared would wait for ever.
function describePools({ sourceFile, graph }: RegisteredPipeline, poolNames: ReadonlySet<string>): string[] {
  return graph.tasks.flatMap(({ id, pool }) =>
    pool === undefined || poolNames.has(pool)
      ? []
      : [
          `${sourceFile}: ${graph.pipeline}/${id}: POOL_UNKNOWN: ${pool}; declare it in towpath.yaml (pools: { ${pool}: 4 }) or set it by \`${TOWPATH} pools set ${pool} 4 --create\``,
        ],
  );
}

function describeDuplicates(pipelines: readonly RegisteredPipeline[]): string[] {
  const files = new Map<string, string>();
  const problems: string[] = [];
  for (const { sourceFile, graph } of pipelines) {
    const first = files.get(graph.pipeline);
    if (first !== undefined)
      problems.push(`${sourceFile}: ${graph.pipeline}: PIPELINE_NAME_DUPLICATE: also in ${first}`);
    else files.set(graph.pipeline, sourceFile);
  }
  return problems;
}
