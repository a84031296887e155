import { Modal, TextInput } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { useEnvironmentName } from '../environments/environment-queries.ts';
import { usePipelines } from '../pipelines/pipeline-queries.ts';
import { useRecentRuns } from '../runs/run-queries.ts';
import { findTargets, readRunNumber, type Target } from './find-targets.ts';
import classes from './search.module.css';
import { useRunByNumber } from './search-queries.ts';

interface SearchPaletteProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Goes anywhere by a few letters: pages, pipelines, runs by name or number. */
export function SearchPalette({ isOpen, onClose }: SearchPaletteProps): ReactNode {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title="Go to"
      size="lg"
      yOffset="12vh"
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
    >
      <Palette onClose={onClose} />
    </Modal>
  );
}

function Palette({ onClose }: Pick<SearchPaletteProps, 'onClose'>): ReactNode {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const router = useRouter();
  const targets = useTargets(text);
  const current = targets[Math.min(chosen, targets.length - 1)];
  const go = (target: Target): void => {
    onClose();
    void router.navigate(target.link);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && targets.length > 0) {
      event.preventDefault();
      setChosen((chosen + step + targets.length) % targets.length);
    }
    if (event.key === 'Enter' && current) go(current);
  };
  return (
    <div className={classes.palette}>
      <TextInput
        data-autofocus
        role="combobox"
        aria-label="Search pages, pipelines and runs"
        aria-expanded
        aria-controls="palette-targets"
        aria-activedescendant={current ? `target ${current.key}` : undefined}
        placeholder="Page, pipeline, run or #number"
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <TargetList targets={targets} current={current} onChoose={go} />
      {targets.length === 0 ? <p role="status">Nothing here has that in its name.</p> : null}
    </div>
  );
}

function useTargets(text: string): readonly Target[] {
  const environment = useEnvironmentName();
  const pipelines = usePipelines(environment).data?.pipelines ?? [];
  const recent = useRecentRuns(environment).data ?? [];
  const found = useRunByNumber(environment, readRunNumber(text)).data;
  const runs = found && !recent.some(({ id }) => id === found.id) ? [found, ...recent] : recent;
  return findTargets(text, { pipelines, runs });
}

interface TargetListProps {
  readonly targets: readonly Target[];
  readonly current: Target | undefined;
  readonly onChoose: (target: Target) => void;
}

function TargetList({ targets, current, onChoose }: TargetListProps): ReactNode {
  return (
    <div role="listbox" id="palette-targets" aria-label="Where to go" className={classes.targets}>
      {targets.map((target) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, which names the chosen one
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys
        <div
          key={target.key}
          id={`target ${target.key}`}
          role="option"
          aria-selected={target === current}
          className={classes.target}
          onClick={() => onChoose(target)}
        >
          <span className={classes.kind}>{target.kind}</span>
          <bdi className={classes.name}>{target.name}</bdi>
          <span className={classes.hint}>{target.hint}</span>
        </div>
      ))}
    </div>
  );
}
