import '@xyflow/react/dist/base.css';
import type { RunDetail } from '@towpath/api';
import { Background, Controls, type Edge, type FitViewOptions, MiniMap, ReactFlow } from '@xyflow/react';
import { type ReactNode, useMemo } from 'react';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { STATE_LOOKS } from '../../states/state-looks.ts';
import { FitOnResize } from './fit-on-resize.tsx';
import classes from './graph.module.css';
import { NODE_HEIGHT, NODE_WIDTH, type Place, useGraphLayout } from './graph-layout-queries.ts';
import { TaskNode, type TaskNodeType } from './task-node.tsx';

interface RunGraphProps {
  readonly run: RunDetail;
  readonly selectedTaskId: string | undefined;
}

const NODE_TYPES = { task: TaskNode };
/** Zoomed out to where names can't be read a graph is a texture; the rest is panned to. */
const FIT = { padding: 0.08, minZoom: 0.1, maxZoom: 1 };
/** Above this many tasks the drawing opens around the chosen task, with a map of the whole. */
const MOST_WHOLE = 24;

/** The tasks of a run and what waits for what, with their states as they change. */
export function RunGraph({ run, selectedTaskId }: RunGraphProps): ReactNode {
  const layout = useGraphLayout(run.graphHash, run.tasks);
  const isLarge = run.tasks.length > MOST_WHOLE;
  const fit: FitViewOptions = isLarge ? { ...FIT, nodes: listAround(run, selectedTaskId), minZoom: 0.5 } : FIT;
  const edges = useMemo(() => toEdges(run), [run]);
  if (layout.isPending) return <LoadingRows label="Laying out the graph" />;
  if (!layout.data) return <ErrorPanel error={layout.error} onRetry={() => void layout.refetch()} />;
  return (
    <section className={classes.graph} style={{ height: heightOf(layout.data) }} aria-label="Graph of tasks">
      <ReactFlow
        nodes={toNodes(run, layout.data, selectedTaskId)}
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
function listAround(run: RunDetail, taskId: string | undefined): { readonly id: string }[] {
  const chosen = run.tasks.find(({ id }) => id === taskId) ?? run.tasks[0];
  if (!chosen) return [];
  const after = run.tasks.filter(({ dependsOn }) => dependsOn.includes(chosen.id)).map(({ id }) => id);
  return [chosen.id, ...chosen.dependsOn, ...after].map((id) => ({ id }));
}

function colourOf({ data }: TaskNodeType): string {
  return `var(--tp-${STATE_LOOKS[data.task.state].tone})`;
}

/** As high as the drawing needs, with room for its frame, and never higher than a good part of the window. */
function heightOf(places: ReadonlyMap<string, Place>): string {
  const bottom = [...places.values()].reduce((lowest, { y }) => Math.max(lowest, y + NODE_HEIGHT), 0);
  return `clamp(200px, ${Math.round(bottom + 90)}px, 60vh)`;
}

function toNodes(
  run: RunDetail,
  places: ReadonlyMap<string, Place>,
  selectedTaskId: string | undefined,
): TaskNodeType[] {
  return run.tasks.map((task) => ({
    id: task.id,
    type: 'task',
    width: NODE_WIDTH,
    height: NODE_HEIGHT,
    position: places.get(task.id) ?? { x: 0, y: 0 },
    data: { task, isSelected: task.id === selectedTaskId },
  }));
}

function toEdges(run: RunDetail): Edge[] {
  return run.tasks.flatMap((task) =>
    task.dependsOn.map((upstream) => ({ id: `${upstream}→${task.id}`, source: upstream, target: task.id })),
  );
}
