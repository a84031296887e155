import { Checkbox, TextInput } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { TaskView } from '@towpath/api';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { compareNaturally } from '../../format/compare-naturally.ts';
import { formatCount, formatNumber } from '../../format/format-count.ts';
import { StateIcon } from '../../states/state-icon.tsx';
import { STATE_LOOKS } from '../../states/state-looks.ts';
import classes from './rerun.module.css';

interface TaskPickerProps {
  readonly tasks: readonly TaskView[];
  readonly chosen: readonly string[];
  /** Everything that would run again, chosen or not. */
  readonly repeated: ReadonlySet<string>;
  readonly onChange: (taskIds: readonly string[]) => void;
}

const ROW_PX = 34;

/** Tasks to tick, in natural order; what would run besides says why. Only the rows in sight are drawn. */
export function TaskPicker({ tasks, chosen, repeated, onChange }: TaskPickerProps): ReactNode {
  const [text, setText] = useState('');
  const sorted = useMemo(() => tasks.toSorted((left, right) => compareNaturally(left.id, right.id)), [tasks]);
  const wanted = text.trim().toLowerCase();
  const shown = sorted.filter(({ id }) => id.toLowerCase().includes(wanted));
  const ticked = new Set(chosen);
  const toggle = (id: string): void => onChange(ticked.has(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
  });
  return (
    <fieldset className={classes.picker}>
      <legend>
        {formatNumber(chosen.length)} of {formatCount(tasks.length, 'task')} chosen
      </legend>
      {tasks.length > MOST_UNSEARCHED ? (
        <TextInput
          size="xs"
          aria-label="Find tasks"
          placeholder="Find tasks"
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
      ) : null}
      <div ref={box} className={classes.tasks}>
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const task = shown[index];
            return task ? (
              <div key={task.id} className={classes.task} style={{ transform: `translateY(${start}px)` }}>
                <Checkbox
                  size="xs"
                  checked={ticked.has(task.id)}
                  onChange={() => toggle(task.id)}
                  label={<TaskLabel task={task} isFollowing={!ticked.has(task.id) && repeated.has(task.id)} />}
                />
              </div>
            ) : null;
          })}
        </div>
      </div>
    </fieldset>
  );
}

/** Up to this many tasks fit without scrolling much. */
const MOST_UNSEARCHED = 8;

interface TaskLabelProps {
  readonly task: TaskView;
  /** It runs again without being chosen. */
  readonly isFollowing: boolean;
}

function TaskLabel({ task, isFollowing }: TaskLabelProps): ReactNode {
  return (
    <span className={classes.label}>
      <StateIcon state={task.state} size={13} />
      <bdi title={task.id}>{task.id}</bdi>
      <span className={classes.state}>
        {STATE_LOOKS[task.state].word.toLowerCase()}
        {isFollowing ? ', runs too' : ''}
      </span>
    </span>
  );
}
