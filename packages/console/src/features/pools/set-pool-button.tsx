import { Button, Group, Modal, TextInput } from '@mantine/core';
import type { PoolView } from '@towpath/api';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useLostReason } from '../../client/use-connection.ts';
import { formatSetPoolCommand } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { ErrorFactsPanel } from '../../layout/error-panel.tsx';
import { useCommandScope } from '../environments/environment-queries.ts';
import { usePermissions } from '../session/session-queries.ts';
import { describeChange, MOST_SLOTS, parseSlots } from './describe-pool.ts';
import { useSetPool } from './pool-queries.ts';
import classes from './pools.module.css';

interface SetPoolProps {
  readonly pool: PoolView;
}

/** Changes the slots of a pool, after a question that says what follows. */
export function SetPoolButton({ pool }: SetPoolProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const lost = useLostReason();
  const { canSetPools } = usePermissions();
  if (!canSetPools) return null;
  const close = (): void => setOpen(false);
  return (
    <>
      <Button
        size="xs"
        variant="default"
        onClick={() => setOpen(true)}
        disabled={lost !== undefined}
        title={lost}
        aria-label={`Set slots of ${pool.name}`}
      >
        Set slots…
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={`Slots of ${pool.name} in ${pool.environment}`}
        closeButtonProps={{ 'aria-label': 'Close' }}
        transitionProps={{ duration: 0 }}
      >
        <SetPoolForm pool={pool} onClose={close} />
      </Modal>
    </>
  );
}

function SetPoolForm({ pool, onClose }: SetPoolProps & { readonly onClose: () => void }): ReactNode {
  const [text, setText] = useState(String(pool.slots));
  const set = useSetPool(pool);
  const scope = useCommandScope(pool.environment);
  const lost = useLostReason();
  const slots = parseSlots(text);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (slots !== undefined) set.mutate(slots, { onSuccess: onClose });
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <TextInput
        label="Slots"
        description={`A whole number up to ${MOST_SLOTS}. It stands above what the project declares until it is cleared.`}
        value={text}
        inputMode="numeric"
        error={slots === undefined ? `must be a whole number from 0 to ${MOST_SLOTS}` : undefined}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      {slots === undefined ? null : <p role="status">{describeChange(pool, slots)}</p>}
      {slots === undefined ? null : <CommandLine command={formatSetPoolCommand(pool.name, slots, scope)} />}
      {set.error ? <ErrorFactsPanel error={set.error} /> : null}
      <Group justify="flex-end">
        {pool.setSlots === null ? null : (
          <Button
            variant="subtle"
            title={formatSetPoolCommand(pool.name, null, scope)}
            onClick={() => set.mutate(null, { onSuccess: onClose })}
          >
            Back to the declared {pool.declaredSlots ?? 'none'}
          </Button>
        )}
        <Button variant="default" onClick={onClose}>
          Leave it
        </Button>
        <Button type="submit" disabled={slots === undefined || lost !== undefined} title={lost} loading={set.isPending}>
          Set
        </Button>
      </Group>
    </form>
  );
}
