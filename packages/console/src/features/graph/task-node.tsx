import { Link, type LinkProps } from '@tanstack/react-router';
import { Handle, type Node, type NodeProps, Position, useReactFlow } from '@xyflow/react';
import type { FocusEvent, ReactNode } from 'react';
import { formatNumber } from '../../format/format-count.ts';
import { StateIcon } from '../../states/state-icon.tsx';
import { STATE_LOOKS } from '../../states/state-looks.ts';
import type { GraphedTask } from './fold-graph.ts';
import classes from './graph.module.css';
import { NODE_HEIGHT, NODE_WIDTH } from './graph-layout-queries.ts';

/** The page a graph stands on: a task opens there. */
export type GraphPage = '/runs/$runId' | '/pipelines/$name';

interface TaskNodeData extends Record<string, unknown> {
  readonly task: GraphedTask;
  readonly page: GraphPage;
  readonly isSelected: boolean;
}

export type TaskNodeType = Node<TaskNodeData, 'task'>;

/** A task in the drawing: shape, name and word of its state. It is a link, so Tab, Enter, j and k reach it. */
export function TaskNode({ data, positionAbsoluteX, positionAbsoluteY }: NodeProps<TaskNodeType>): ReactNode {
  const { task, isSelected, page } = data;
  const flow = useReactFlow();
  // A node outside the window gets the focus too; the browser would scroll the drawing out of its frame.
  const show = (event: FocusEvent<HTMLElement>): void => {
    if (!event.currentTarget.matches(':focus-visible')) return;
    const middle = { x: positionAbsoluteX + NODE_WIDTH / 2, y: positionAbsoluteY + NODE_HEIGHT / 2 };
    void flow.setCenter(middle.x, middle.y, { zoom: Math.max(flow.getZoom(), 0.6) });
  };
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Link
        {...linkOf(page, task.id)}
        replace
        resetScroll={false}
        data-row
        data-tone={task.state ? STATE_LOOKS[task.state].tone : 'calm'}
        aria-current={isSelected ? 'true' : undefined}
        title={task.id}
        className={classes.node}
        onFocus={show}
        draggable={false}
      >
        {task.state ? <StateIcon state={task.state} /> : null}
        <TaskLabel task={task} />
      </Link>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
}

/** The page stays, another task is open on it; an attempt was one of the task before. */
function linkOf(page: GraphPage, taskId: string): LinkProps {
  return { from: page, to: '.', search: ({ attempt: _, ...rest }) => ({ ...rest, task: taskId }) };
}

function TaskLabel({ task: { id, state, work, quarantinedCount = 0 } }: { readonly task: GraphedTask }): ReactNode {
  return (
    <span className={classes.label}>
      <bdi>{id}</bdi>
      <span>
        {state ? STATE_LOOKS[state].word : work}
        {quarantinedCount > 0 ? <b> · {formatNumber(quarantinedCount)} quarantined</b> : null}
      </span>
    </span>
  );
}
