import { Button, Group, Modal, TextInput } from '@mantine/core';
import type { RunDetail } from '@towpath/api';
import { type ReactNode, useState } from 'react';
import { useLostReason } from '../../client/use-connection.ts';
import { formatCancelCommand } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { ErrorFactsPanel } from '../../layout/error-panel.tsx';
import { useCommandScope, useEnvironmentKind } from '../environments/environment-queries.ts';
import { useCancelRun } from '../runs/run-queries.ts';
import { usePermissions } from '../session/session-queries.ts';
import classes from './run.module.css';

/** Asks for the end of a run, after a question that names the environment. In production its name has to be typed. */
export function CancelRunButton({ run }: { readonly run: RunDetail }): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const lost = useLostReason();
  const { canCancel } = usePermissions();
  if (!canCancel) return null;
  return (
    <>
      <Button color="red.8" size="sm" onClick={() => setOpen(true)} disabled={lost !== undefined} title={lost}>
        Cancel run
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={`Cancel ${run.name} in ${run.environment}?`}
        closeButtonProps={{ 'aria-label': 'Close' }}
        transitionProps={{ duration: 0 }}
      >
        <CancelQuestion run={run} onClose={() => setOpen(false)} />
      </Modal>
    </>
  );
}

interface CancelQuestionProps {
  readonly run: RunDetail;
  readonly onClose: () => void;
}

function CancelQuestion({ run, onClose }: CancelQuestionProps): ReactNode {
  const lost = useLostReason();
  const cancel = useCancelRun(run.id);
  const mustType = useEnvironmentKind(run.environment) === 'production';
  const scope = useCommandScope(run.environment);
  const [typed, setTyped] = useState('');
  const isConfirmed = !mustType || typed === run.environment;
  return (
    <form
      className={classes.question}
      onSubmit={(event) => {
        event.preventDefault();
        if (isConfirmed) cancel.mutate(undefined, { onSuccess: onClose });
      }}
    >
      <p>
        What has not started in <strong>{run.environment}</strong> is cancelled at once; what runs there is ended by its
        agent. Tables keep the last data that was complete.
      </p>
      {mustType ? (
        <TextInput
          label={`Type ${run.environment} to confirm`}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          autoComplete="off"
        />
      ) : null}
      <CommandLine command={formatCancelCommand(run.number, scope)} />
      {cancel.error ? <ErrorFactsPanel error={cancel.error} /> : null}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Keep it running
        </Button>
        <Button
          type="submit"
          color="red.8"
          disabled={!isConfirmed || lost !== undefined}
          title={lost}
          loading={cancel.isPending}
        >
          Cancel the run
        </Button>
      </Group>
    </form>
  );
}
