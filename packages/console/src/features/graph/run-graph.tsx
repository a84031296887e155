import '@xyflow/react/dist/base.css';
import type { RunDetail } from '@towpath/api';
import { Background, Controls, type Edge, ReactFlow } from '@xyflow/react';
import { type ReactNode, useMemo } from 'react';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import classes from './graph.module.css';
import { type Place, useGraphLayout } from './graph-layout-queries.ts';
import { TaskNode, type TaskNodeType } from './task-node.tsx';

interface RunGraphProps {
  readonly run: RunDetail;
  readonly selectedTaskId: string | undefined;
}

const NODE_TYPES = { task: TaskNode };
/** Zoomed out to where names can't be read a graph is a texture; the rest is panned to. */
const FIT = { padding: 0.08, minZoom: 0.45, maxZoom: 1 };

/** The tasks of a run and what waits for what, with their states as they change. */
export function RunGraph({ run, selectedTaskId }: RunGraphProps): ReactNode {
  const layout = useGraphLayout(run.graphHash, run.tasks);
  const edges = useMemo(() => toEdges(run), [run]);
  if (layout.isPending) return <LoadingRows label="Laying out the graph" />;
  if (!layout.data) return <ErrorPanel error={layout.error} onRetry={() => void layout.refetch()} />;
  return (
    <div className={classes.graph} role="group" aria-label="Graph of tasks">
      <ReactFlow
        nodes={toNodes(run, layout.data, selectedTaskId)}
        edges={edges}
        nodeTypes={NODE_TYPES}
        fitView
        fitViewOptions={FIT}
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
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

function toNodes(
  run: RunDetail,
  places: ReadonlyMap<string, Place>,
  selectedTaskId: string | undefined,
): TaskNodeType[] {
  return run.tasks.map((task) => ({
    id: task.id,
    type: 'task',
    position: places.get(task.id) ?? { x: 0, y: 0 },
    data: { task, isSelected: task.id === selectedTaskId },
  }));
}

function toEdges(run: RunDetail): Edge[] {
  return run.tasks.flatMap((task) =>
    task.dependsOn.map((upstream) => ({ id: `${upstream}→${task.id}`, source: upstream, target: task.id })),
  );
}
