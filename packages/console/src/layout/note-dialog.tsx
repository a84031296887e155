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
  const { isPending, error, hasNote = true } = state;
  const [text, setText] = useState('');
  const lost = useLostReason();
  const note = text.trim() || undefined;
  return (
    <form
      className={classes.question}
      onSubmit={(event) => {
        event.preventDefault();
        onConfirm(note);
      }}
    >
      {children}
      {hasNote ? (
        <TextInput
          label="Note"
          description="Why; others will read it"
          value={text}
          maxLength={500}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
      ) : null}
      <CommandLine command={formatCommand(note)} />
      {error ? <ErrorFactsPanel error={error} /> : null}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Leave it
        </Button>
        <Button type="submit" loading={isPending} disabled={lost !== undefined} title={lost}>
          {confirmLabel}
        </Button>
      </Group>
    </form>
  );
}
