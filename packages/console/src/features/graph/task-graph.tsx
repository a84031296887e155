import '@xyflow/react/dist/base.css';
import { Background, Controls, type Edge, type FitViewOptions, MiniMap, ReactFlow } from '@xyflow/react';
import { type ReactNode, useMemo } from 'react';
import { formatNumber } from '../../format/format-count.ts';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { STATE_LOOKS } from '../../states/state-looks.ts';
import { FitOnResize } from './fit-on-resize.tsx';
import { foldGraph, type GraphedTask } from './fold-graph.ts';
import classes from './graph.module.css';
import { NODE_HEIGHT, NODE_WIDTH, type Place, useGraphLayout } from './graph-layout-queries.ts';
import { type GraphPage, TaskNode, type TaskNodeType } from './task-node.tsx';

interface TaskGraphProps {
  /** Names the shape of the graph: a layout is computed once for each. */
  readonly graphHash: string;
  readonly tasks: readonly GraphedTask[];
  readonly selectedTaskId: string | undefined;
  /** Where a click on a task leads. */
  readonly page: GraphPage;
}

const NODE_TYPES = { task: TaskNode };
/** Zoomed out to where names can't be read a graph is a texture; the rest is panned to. */
const FIT = { padding: 0.08, minZoom: 0.1, maxZoom: 1 };
/** Above this many tasks the drawing opens around the chosen task, with a map of the whole. */
const MOST_WHOLE = 24;

/** Tasks and what waits for what, with their states as they change; a graph too large is folded, and says so. */
export function TaskGraph({ graphHash, tasks, selectedTaskId, page }: TaskGraphProps): ReactNode {
  const shown = useMemo(() => foldGraph(tasks, selectedTaskId), [tasks, selectedTaskId]);
  const isFolded = shown.length < tasks.length;
  const layout = useGraphLayout(isFolded ? `${graphHash} around ${selectedTaskId ?? ''}` : graphHash, shown);
  return (
    <>
      {isFolded ? (
        <p className={classes.folded} role="note">
          Folded: the {shown.length} tasks nearest to <bdi>{selectedTaskId ?? tasks[0]?.id}</bdi> of{' '}
          {formatNumber(tasks.length)}. Choose a task to move; the list has all.
        </p>
      ) : null}
      {layout.isPending ? <LoadingRows label="Laying out the graph" /> : null}
      {layout.isError ? <ErrorPanel error={layout.error} onRetry={() => void layout.refetch()} /> : null}
      {layout.data ? <Drawing tasks={shown} places={layout.data} selectedTaskId={selectedTaskId} page={page} /> : null}
    </>
  );
}

interface DrawingProps {
  readonly tasks: readonly GraphedTask[];
  readonly places: ReadonlyMap<string, Place>;
  readonly selectedTaskId: string | undefined;
  readonly page: GraphPage;
}

function Drawing({ tasks, places, selectedTaskId, page }: DrawingProps): ReactNode {
  const isLarge = tasks.length > MOST_WHOLE;
  const fit: FitViewOptions = isLarge ? { ...FIT, nodes: listAround(tasks, selectedTaskId), minZoom: 0.5 } : FIT;
  const edges = useMemo(() => toEdges(tasks), [tasks]);
  return (
    <section className={classes.graph} style={{ height: heightOf(places) }} aria-label="Graph of tasks">
      <ReactFlow
        nodes={toNodes(tasks, places, { selectedTaskId, page })}
        edges={edges}
        nodeTypes={NODE_TYPES}
        fitView
        fitViewOptions={fit}
        onlyRenderVisibleElements={isLarge}
        minZoom={0.1}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        preventScrolling={false}
        zoomOnScroll={false}
        panOnScroll={false}
      >
        <Background gap={20} size={1} color="var(--tp-line)" />
        <FitOnResize options={fit} />
        <Controls showInteractive={false} />
        {isLarge ? (
          <MiniMap
            pannable
            nodeColor={colourOf}
            className={classes.map}
            style={{ width: 150, height: 84 }}
            ariaLabel="Map of the graph"
          />
        ) : null}
      </ReactFlow>
    </section>
  );
}

/** The chosen task with what it waits for and what waits for it; the first task when none is chosen. */
function listAround(tasks: readonly GraphedTask[], taskId: string | undefined): { readonly id: string }[] {
  const chosen = tasks.find(({ id }) => id === taskId) ?? tasks[0];
  if (!chosen) return [];
  const after = tasks.filter(({ dependsOn }) => dependsOn.includes(chosen.id)).map(({ id }) => id);
  return [chosen.id, ...chosen.dependsOn, ...after].map((id) => ({ id }));
}

function colourOf({ data }: TaskNodeType): string {
  const { state } = data.task;
  return `var(--tp-${state ? STATE_LOOKS[state].tone : 'calm'})`;
}

/** As high as the drawing needs, with room for its frame, and never higher than a good part of the window. */
function heightOf(places: ReadonlyMap<string, Place>): string {
  const bottom = [...places.values()].reduce((lowest, { y }) => Math.max(lowest, y + NODE_HEIGHT), 0);
  return `clamp(200px, ${Math.round(bottom + 90)}px, 60vh)`;
}

function toNodes(
  tasks: readonly GraphedTask[],
  places: ReadonlyMap<string, Place>,
  { selectedTaskId, page }: Pick<DrawingProps, 'selectedTaskId' | 'page'>,
): TaskNodeType[] {
  return tasks.map((task) => ({
    id: task.id,
    type: 'task',
    width: NODE_WIDTH,
    height: NODE_HEIGHT,
    position: places.get(task.id) ?? { x: 0, y: 0 },
    data: { task, page, isSelected: task.id === selectedTaskId },
  }));
}

function toEdges(tasks: readonly GraphedTask[]): Edge[] {
  return tasks.flatMap((task) =>
    task.dependsOn.map((upstream) => ({ id: `${upstream}→${task.id}`, source: upstream, target: task.id })),
  );
}
