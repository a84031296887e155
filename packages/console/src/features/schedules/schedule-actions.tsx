import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { ScheduleView } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatScheduleCommand } from '../../format/format-command.ts';
import { ActionButton } from '../../layout/action-button.tsx';
import { NoteDialog } from '../../layout/note-dialog.tsx';
import { useDialog } from '../../layout/use-dialog.ts';
import { useCommandScope } from '../environments/environment-queries.ts';
import { usePermissions } from '../session/session-queries.ts';
import { usePauseSchedule, useResumeSchedule, useRunScheduleNow } from './schedule-queries.ts';

interface ScheduleActionsProps {
  readonly schedule: ScheduleView;
}

/** Pause or resume, and run now: each asks first, with its command. */
export function ScheduleActions({ schedule }: ScheduleActionsProps): ReactNode {
  const { canPause, canStart } = usePermissions();
  return (
    <>
      {canPause && !schedule.paused ? <PauseButton schedule={schedule} /> : null}
      {canPause && schedule.paused ? <ResumeButton schedule={schedule} /> : null}
      {canStart ? <RunNowButton schedule={schedule} /> : null}
    </>
  );
}

function nameOf({ pipeline, name }: ScheduleView): string {
  return `${pipeline}/${name}`;
}

function PauseButton({ schedule }: ScheduleActionsProps): ReactNode {
  const dialog = useDialog();
  const pause = usePauseSchedule(schedule.id);
  const scope = useCommandScope(schedule.environment);
  return (
    <>
      <ActionButton
        label="Pause…"
        subject={nameOf(schedule)}
        icon={<IconPlayerPause size={15} aria-hidden="true" />}
        onClick={dialog.open}
      />
      <NoteDialog
        {...dialog.props}
        title={`Pause ${nameOf(schedule)} in ${schedule.environment}?`}
        confirmLabel="Pause"
        formatCommand={(note) => formatScheduleCommand('pause', nameOf(schedule), scope, note)}
        onConfirm={(note) => pause.mutate(note, { onSuccess: dialog.close })}
        isPending={pause.isPending}
        error={pause.error}
      >
        <p>
          No slot starts a run until it is resumed, and what passes meanwhile is not caught up.{' '}
          {schedule.liveRun ? `${schedule.liveRun.name} goes on.` : ''}
        </p>
      </NoteDialog>
    </>
  );
}

function ResumeButton({ schedule }: ScheduleActionsProps): ReactNode {
  const dialog = useDialog();
  const resume = useResumeSchedule(schedule.id);
  const scope = useCommandScope(schedule.environment);
  return (
    <>
      <ActionButton
        label="Resume…"
        subject={nameOf(schedule)}
        icon={<IconPlayerPlay size={15} aria-hidden="true" />}
        onClick={dialog.open}
      />
      <NoteDialog
        {...dialog.props}
        title={`Resume ${nameOf(schedule)} in ${schedule.environment}?`}
        confirmLabel="Resume"
        formatCommand={() => formatScheduleCommand('resume', nameOf(schedule), scope)}
        onConfirm={() => resume.mutate(undefined, { onSuccess: dialog.close })}
        isPending={resume.isPending}
        error={resume.error}
        hasNote={false}
      >
        <p>It ticks from now on. What passed while it was paused was no slot, and does not run.</p>
      </NoteDialog>
    </>
  );
}

function RunNowButton({ schedule }: ScheduleActionsProps): ReactNode {
  const dialog = useDialog();
  const run = useRunScheduleNow(schedule.id);
  const scope = useCommandScope(schedule.environment);
  const navigate = useNavigate();
  return (
    <>
      <ActionButton label="Run now…" subject={nameOf(schedule)} onClick={dialog.open} />
      <NoteDialog
        {...dialog.props}
        title={`Run ${nameOf(schedule)} in ${schedule.environment} now?`}
        confirmLabel="Run now"
        formatCommand={(note) => formatScheduleCommand('run-now', nameOf(schedule), scope, note)}
        onConfirm={(note) =>
          run.mutate(note, { onSuccess: ({ id }) => void navigate({ to: '/runs/$runId', params: { runId: id } }) })
        }
        isPending={run.isPending}
        error={run.error}
      >
        <p>
          A run with the parameters of this schedule that stands for this moment. Its slots stay as they are, and it
          works while the schedule is paused.
        </p>
      </NoteDialog>
    </>
  );
}
