import { Button, Modal } from '@mantine/core';
import { IconRepeat } from '@tabler/icons-react';
import type { RunDetail } from '@towpath/api';
import { type ReactNode, useState } from 'react';
import { useLostReason } from '../../client/use-connection.ts';
import { usePermissions } from '../session/session-queries.ts';
import { RerunForm } from './rerun-form.tsx';

/** Repeats an ended run with the graph it had: asks how much of it, shows what that means, takes a note. */
export function RerunButton({ run }: { readonly run: RunDetail }): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const lost = useLostReason();
  const { canStart } = usePermissions();
  if (!canStart) return null;
  return (
    <>
      <Button
        size="sm"
        leftSection={<IconRepeat size={15} aria-hidden="true" />}
        onClick={() => setOpen(true)}
        disabled={lost !== undefined}
        title={lost ?? 'Repeats this run, or a part of it, with its own graph and parameters'}
      >
        Re-run…
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={`Re-run ${run.name} in ${run.environment}`}
        size="lg"
        closeButtonProps={{ 'aria-label': 'Close' }}
        transitionProps={{ duration: 0 }}
      >
        <RerunForm run={run} onClose={() => setOpen(false)} />
      </Modal>
    </>
  );
}
