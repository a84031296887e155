import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ErrorFactsPanel } from '../../layout/error-panel.tsx';
import { usePermissions } from '../session/session-queries.ts';
import { useStartRun } from './run-queries.ts';

interface StartRunButtonProps {
  readonly pipeline: string;
  readonly environment: string;
  readonly label: string;
  /** `quiet` where many stand in a list. */
  readonly look?: 'loud' | 'quiet';
}

/** Starts a run and goes to it; an error is shown below the button. Absent for who may not start runs. */
export function StartRunButton({ pipeline, environment, label, look = 'loud' }: StartRunButtonProps): ReactNode {
  const start = useStartRun();
  const navigate = useNavigate();
  const { canStart } = usePermissions();
  if (!canStart) return null;
  const run = (): void =>
    start.mutate(
      { pipeline, environment },
      { onSuccess: ({ id }) => void navigate({ to: '/runs/$runId', params: { runId: id } }) },
    );
  return (
    <>
      <Button
        size="sm"
        variant={look === 'loud' ? 'filled' : 'default'}
        leftSection={<IconPlayerPlay size={15} aria-hidden="true" />}
        loading={start.isPending}
        onClick={run}
        aria-label={`${label} ${pipeline} in ${environment}`}
      >
        {label}
      </Button>
      {start.error ? <ErrorFactsPanel error={start.error} /> : null}
    </>
  );
}
