import { Link } from '@tanstack/react-router';
import type { TaskView } from '@towpath/api';
import { Handle, type Node, type NodeProps, Position, useReactFlow } from '@xyflow/react';
import type { FocusEvent, ReactNode } from 'react';
import { formatNumber } from '../../format/format-count.ts';
import { StateIcon } from '../../states/state-icon.tsx';
import { STATE_LOOKS } from '../../states/state-looks.ts';
import { countQuarantined, isUncertain } from '../run/describe-run.ts';
import classes from './graph.module.css';
import { NODE_HEIGHT, NODE_WIDTH } from './graph-layout-queries.ts';

export type TaskNodeType = Node<{ readonly task: TaskView; readonly isSelected: boolean }, 'task'>;

/** A task in the drawing: shape, name and word of its state. It is a link, so Tab, Enter, j and k reach it. */
export function TaskNode({ data, positionAbsoluteX, positionAbsoluteY }: NodeProps<TaskNodeType>): ReactNode {
  const { task, isSelected } = data;
  const flow = useReactFlow();
  const quarantinedCount = countQuarantined(task);
  const state = isUncertain(task) ? 'uncertain' : task.state;
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
        from="/runs/$runId"
        to="."
        search={({ attempt: _, ...rest }) => ({ ...rest, task: task.id })}
        replace
        resetScroll={false}
        data-row
        data-tone={STATE_LOOKS[state].tone}
        aria-current={isSelected ? 'true' : undefined}
        title={task.id}
        className={classes.node}
        onFocus={show}
        draggable={false}
      >
        <StateIcon state={state} />
        <span className={classes.label}>
          <bdi>{task.id}</bdi>
          <span>
            {STATE_LOOKS[state].word}
            {quarantinedCount > 0 ? <b> · {formatNumber(quarantinedCount)} quarantined</b> : null}
          </span>
        </span>
      </Link>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
}
