// The board as lines: a project with its environments, then its pipelines. One list, so that only what is in sight is drawn.
import type { BoardPipeline, BoardRow } from '@towpath/api';
import { compareNaturally } from '../../format/compare-naturally.ts';
import type { BoardSearch } from './board-search.ts';
import { hasFailedLast, listDrift } from './describe-board.ts';

/** Environments of one project, in order, and what they run. */
export interface ProjectLine {
  readonly kind: 'project';
  readonly key: string;
  /** Null: environments that no project declared. */
  readonly project: string | null;
  readonly environments: readonly BoardRow[];
}

/** A pipeline, with how it runs in each environment of its project; undefined where it is not. */
export interface PipelineLine {
  readonly kind: 'pipeline';
  readonly key: string;
  readonly name: string;
  readonly environments: readonly BoardRow[];
  readonly cells: readonly (BoardPipeline | undefined)[];
}

export type BoardLine = ProjectLine | PipelineLine;

interface ReadBoard {
  readonly rows: readonly BoardRow[];
  readonly pipelines: readonly BoardPipeline[];
}

/** The lines that the filter leaves. A project whose name matches keeps its pipelines; one with a pipeline that matches stays. */
export function toBoardLines(board: ReadBoard, { find = '', only }: BoardSearch): readonly BoardLine[] {
  const cells = new Map(board.pipelines.map((cell) => [`${cell.environment} ${cell.name}`, cell]));
  const names = groupNames(board.pipelines);
  const typed = find.trim().toLowerCase();
  return groupByProject(board.rows).flatMap(({ project, environments }) => {
    const isNamed = [project ?? '', ...environments.map((row) => row.environment)].some((name) => matches(name, typed));
    const lines = listNames(environments, names)
      .filter((name) => isNamed || matches(name, typed))
      .map((name) => toPipelineLine(project, name, { environments, cells }))
      .filter((line) => only === undefined || line.cells.some((cell) => cell && hasFailedLast(cell)));
    const isOpen = environments.some((row) => row.promotion !== null || listDrift(row).length > 0);
    const isShown = lines.length > 0 || (isNamed && (only === undefined || isOpen));
    const head: ProjectLine = { kind: 'project', key: `project ${project}`, project, environments };
    return isShown ? [head, ...lines] : [];
  });
}

function matches(name: string, typed: string): boolean {
  return name.toLowerCase().includes(typed);
}

function groupByProject(rows: readonly BoardRow[]) {
  const groups = new Map<string | null, BoardRow[]>();
  for (const row of rows) groups.set(row.project, [...(groups.get(row.project) ?? []), row]);
  return [...groups].map(([project, environments]) => ({ project, environments }));
}

function groupNames(pipelines: readonly BoardPipeline[]): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const { environment, name } of pipelines) {
    const known = names.get(environment);
    if (known) known.push(name);
    else names.set(environment, [name]);
  }
  return names;
}

function listNames(environments: readonly BoardRow[], names: ReadonlyMap<string, readonly string[]>) {
  return [...new Set(environments.flatMap(({ environment }) => names.get(environment) ?? []))].sort(compareNaturally);
}

interface Columns {
  readonly environments: readonly BoardRow[];
  readonly cells: ReadonlyMap<string, BoardPipeline>;
}

function toPipelineLine(project: string | null, name: string, { environments, cells }: Columns): PipelineLine {
  return {
    kind: 'pipeline',
    key: `pipeline ${project} ${name}`,
    name,
    environments,
    cells: environments.map(({ environment }) => cells.get(`${environment} ${name}`)),
  };
}
