import { Button, Group, Radio, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { RunDetail } from '@towpath/api';
import { type FormEvent, type ReactNode, useMemo, useState } from 'react';
import { useLostReason } from '../../client/use-connection.ts';
import { formatRerunCommand } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { ErrorFactsPanel } from '../../layout/error-panel.tsx';
import { useCommandScope } from '../environments/environment-queries.ts';
import { useRerun } from '../runs/run-queries.ts';
import classes from './rerun.module.css';
import { describePlan, isUnsuccessful, pickDefault, planChoice, type RerunFrom } from './rerun-choice.ts';
import { TaskPicker } from './task-picker.tsx';

interface RerunFormProps {
  readonly run: RunDetail;
  readonly onClose: () => void;
}

/** How much of a run, and why; what follows is told before it is asked for. */
export function RerunForm({ run, onClose }: RerunFormProps): ReactNode {
  const [from, setFrom] = useState<RerunFrom>(() => pickDefault(run));
  const [taskIds, setTaskIds] = useState<readonly string[]>([]);
  const [note, setNote] = useState('');
  const scope = useCommandScope(run.environment);
  const lost = useLostReason();
  const rerun = useRerun(run.id);
  const navigate = useNavigate();
  const plan = useMemo(() => planChoice(run, { from, taskIds }), [run, from, taskIds]);
  const isEmpty = plan.repeated.size === 0 || (from === 'tasks' && taskIds.length === 0);
  const options = { from, note: note.trim() || undefined, ...(from === 'tasks' ? { tasks: taskIds } : {}) };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isEmpty) return;
    const body = { ...options, tasks: options.tasks ? [...options.tasks] : undefined };
    rerun.mutate(body, { onSuccess: ({ id }) => void navigate({ to: '/runs/$runId', params: { runId: id } }) });
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <FromChoice run={run} from={from} onChange={setFrom} />
      {from === 'tasks' ? (
        <TaskPicker tasks={run.tasks} chosen={taskIds} repeated={plan.repeated} onChange={setTaskIds} />
      ) : null}
      <p className={classes.plan} role="status">
        {from === 'tasks' && taskIds.length === 0 ? 'Choose at least one task.' : describePlan(plan)}
      </p>
      <TextInput
        label="Note"
        description="Why; kept with the run and in the audit"
        value={note}
        maxLength={500}
        onChange={({ currentTarget }) => setNote(currentTarget.value)}
      />
      {isEmpty ? null : <CommandLine command={formatRerunCommand(run.number, options, scope)} />}
      {rerun.error ? <ErrorFactsPanel error={rerun.error} /> : null}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Leave it
        </Button>
        <Button type="submit" disabled={isEmpty || lost !== undefined} title={lost} loading={rerun.isPending}>
          Re-run
        </Button>
      </Group>
    </form>
  );
}

interface FromChoiceProps {
  readonly run: RunDetail;
  readonly from: RerunFrom;
  readonly onChange: (from: RerunFrom) => void;
}

function FromChoice({ run, from, onChange }: FromChoiceProps): ReactNode {
  const canFail = run.tasks.some(isUnsuccessful);
  const choices = [
    { value: 'failed', label: 'From what failed', description: 'Keeps what succeeded; runs the rest', isOff: !canFail },
    { value: 'tasks', label: 'Chosen tasks', description: 'Those, what failed, and all behind them', isOff: false },
    { value: 'start', label: 'The whole run', description: 'Every task again', isOff: false },
  ] as const;
  const choose = (value: string): void => {
    const choice = choices.find((candidate) => candidate.value === value);
    if (choice) onChange(choice.value);
  };
  return (
    <Radio.Group label="How much" value={from} onChange={choose}>
      <div className={classes.choices}>
        {choices.map(({ value, label, description, isOff }) => (
          <Radio key={value} value={value} label={label} description={description} disabled={isOff} />
        ))}
      </div>
    </Radio.Group>
  );
}
