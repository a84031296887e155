import { Button, Group, Modal } from '@mantine/core';
import type { AttemptView, RunDetail } from '@towpath/api';
import { type ReactNode, useState } from 'react';
import { useLostReason } from '../../client/use-connection.ts';
import { formatCommand } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { ErrorFactsPanel } from '../../layout/error-panel.tsx';
import { useGiveUpAttempt } from '../runs/run-queries.ts';
import { usePermissions } from '../session/session-queries.ts';
import classes from './run.module.css';

interface GiveUpProps {
  readonly run: RunDetail;
  readonly attempt: AttemptView;
}

/** Ends an uncertain attempt by a person's word, after a question that says what follows. */
export function GiveUpButton({ run, attempt }: GiveUpProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const lost = useLostReason();
  const { canResolve } = usePermissions();
  if (!canResolve) return null;
  const close = (): void => setOpen(false);
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setOpen(true)} disabled={lost !== undefined} title={lost}>
        Give up
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={`Give up attempt ${attempt.number} of ${attempt.taskId} in ${run.environment}?`}
        closeButtonProps={{ 'aria-label': 'Close' }}
        transitionProps={{ duration: 0 }}
      >
        <GiveUpQuestion run={run} attempt={attempt} onClose={close} />
      </Modal>
    </>
  );
}

function GiveUpQuestion({ run, attempt, onClose }: GiveUpProps & { readonly onClose: () => void }): ReactNode {
  const giveUp = useGiveUpAttempt(run.id, attempt.id);
  return (
    <div className={classes.question}>
      <p>
        The attempt ends as errored. Its task is tried again only if it is declared idempotent; else it ends errored
        too.
      </p>
      <p>
        Its process may still run on <bdi>{attempt.host}</bdi>. When the agent comes back it is told to end it; what it
        reports is shown here and not accepted.
      </p>
      <CommandLine command={formatCommand(`attempts give-up ${attempt.id}`)} />
      {giveUp.error ? <ErrorFactsPanel error={giveUp.error} /> : null}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Keep waiting
        </Button>
        <Button
          color="red.8"
          loading={giveUp.isPending}
          onClick={() => giveUp.mutate(undefined, { onSuccess: onClose })}
        >
          Give the attempt up
        </Button>
      </Group>
    </div>
  );
}
