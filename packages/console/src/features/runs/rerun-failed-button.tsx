import { Button } from '@mantine/core';
import { IconRepeat } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { RunSummary } from '@towpath/api';
import type { ReactNode } from 'react';
import { useLostReason } from '../../client/use-connection.ts';
import { ErrorFactsPanel } from '../../layout/error-panel.tsx';
import { usePermissions } from '../session/session-queries.ts';
import { useRerunFailed } from './run-queries.ts';

/** Repeats a failed run with the graph it had, keeping what succeeded, and goes to the new run. */
export function RerunFailedButton({ run }: { readonly run: RunSummary }): ReactNode {
  const rerun = useRerunFailed(run.id);
  const navigate = useNavigate();
  const lost = useLostReason();
  const { canStart } = usePermissions();
  if (!canStart) return null;
  const repeat = (): void =>
    rerun.mutate(undefined, {
      onSuccess: ({ id }) => void navigate({ to: '/runs/$runId', params: { runId: id } }),
    });
  return (
    <>
      <Button
        size="sm"
        variant="default"
        leftSection={<IconRepeat size={15} aria-hidden="true" />}
        loading={rerun.isPending}
        onClick={repeat}
        disabled={lost !== undefined}
        title={lost ?? 'Keeps what succeeded and runs the rest, with the graph of this run'}
      >
        Re-run from failed
      </Button>
      {rerun.error ? <ErrorFactsPanel error={rerun.error} /> : null}
    </>
  );
}
