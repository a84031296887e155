import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useLostReason } from '../../client/use-connection.ts';
import { ErrorFactsPanel } from '../../layout/error-panel.tsx';
import { usePermissions } from '../session/session-queries.ts';
import { useStartRun } from './run-queries.ts';

const VARIANTS = { loud: 'filled', quiet: 'default', faint: 'subtle' } as const;

interface StartRunButtonProps {
  readonly pipeline: string;
  readonly environment: string;
  readonly label: string;
  /** `quiet` where many stand in a list, `faint` where another button is the one to press. */
  readonly look?: keyof typeof VARIANTS;
}

/** Starts a run and goes to it; an error is shown below the button. Absent for who may not start runs. */
export function StartRunButton({ pipeline, environment, label, look = 'loud' }: StartRunButtonProps): ReactNode {
  const start = useStartRun();
  const navigate = useNavigate();
  const lost = useLostReason();
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
        variant={VARIANTS[look]}
        leftSection={<IconPlayerPlay size={15} aria-hidden="true" />}
        loading={start.isPending}
        onClick={run}
        disabled={lost !== undefined}
        title={lost}
        aria-label={`${label} ${pipeline} in ${environment}`}
      >
        {label}
      </Button>
      {start.error ? <ErrorFactsPanel error={start.error} /> : null}
    </>
  );
}
