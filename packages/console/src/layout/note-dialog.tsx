import { Button, Group, Modal, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useLostReason } from '../client/use-connection.ts';
import { CommandLine } from './command-line.tsx';
import { ErrorFactsPanel } from './error-panel.tsx';
import classes from './layout.module.css';

interface NoteDialogProps {
  /** A question that names what and where. */
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** What follows, in words. */
  readonly children: ReactNode;
  readonly confirmLabel: string;
  /** The command that does the same, for a note. */
  readonly formatCommand: (note: string | undefined) => string;
  readonly onConfirm: (note: string | undefined) => void;
  readonly isPending: boolean;
  readonly error: unknown;
  /** Left out where the action takes no note. */
  readonly hasNote?: boolean;
  /** What the note is called where it is no remark but the reason, without which nothing is done. */
  readonly neededNote?: string;
  /** A name that has to be typed first: of production. */
  readonly typedName?: string | undefined;
  readonly isDangerous?: boolean;
}

/** Asks before an action, says what follows, takes a note, and shows its command. */
export function NoteDialog({ title, isOpen, onClose, ...question }: NoteDialogProps): ReactNode {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={title}
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
    >
      <Question {...question} onClose={onClose} />
    </Modal>
  );
}

type QuestionProps = Omit<NoteDialogProps, 'title' | 'isOpen'>;

function Question({ children, confirmLabel, formatCommand, onConfirm, onClose, ...state }: QuestionProps): ReactNode {
  const { isPending, error, hasNote = true, neededNote, typedName, isDangerous = false } = state;
  const [text, setText] = useState('');
  const [typed, setTyped] = useState('');
  const lost = useLostReason();
  const note = text.trim() || undefined;
  const isReady = (typedName === undefined || typed === typedName) && (neededNote === undefined || note !== undefined);
  return (
    <form
      className={classes.question}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) onConfirm(note);
      }}
    >
      {children}
      {hasNote ? (
        <TextInput
          label={neededNote ?? 'Note'}
          required={neededNote !== undefined}
          description="Why; others will read it"
          value={text}
          maxLength={500}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
      ) : null}
      {typedName === undefined ? null : (
        <TextInput
          label={`Type ${typedName} to confirm`}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          autoComplete="off"
        />
      )}
      <CommandLine command={formatCommand(note)} />
      {error ? <ErrorFactsPanel error={error} /> : null}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Leave it
        </Button>
        <Button
          type="submit"
          loading={isPending}
          disabled={!isReady || lost !== undefined}
          title={lost}
          {...(isDangerous ? { color: 'red.8' } : {})}
        >
          {confirmLabel}
        </Button>
      </Group>
    </form>
  );
}
