// The keys of the console. They never fire while someone types or a dialog is open; Ctrl+K does while someone types.
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useState } from 'react';
import { focusRow, focusSearch, isDialogOpen, isTyping } from './focus-by-key.ts';
import { createKeySequence } from './key-sequence.ts';

/** Something that lies over the page. */
export interface Overlay {
  readonly isOpen: boolean;
  readonly open: () => void;
  readonly close: () => void;
}

/** Listens to the keys of the page; gives the states of the help and of the search. */
export function useKeyboard(): { readonly help: Overlay; readonly search: Overlay } {
  const help = useOverlay();
  const search = useOverlay();
  const navigate = useNavigate();
  const { open: openHelp } = help;
  const { open: openSearch } = search;
  useEffect(() => {
    const actions = new Map<string, () => void>([
      // A page without a field of its own is searched from above it.
      ['/', () => focusSearch() || openSearch()],
      ['j', () => focusRow(1)],
      ['k', () => focusRow(-1)],
      ['?', openHelp],
      ['g b', () => void navigate({ to: '/board' })],
      ['g r', () => void navigate({ to: '/runs' })],
      ['g p', () => void navigate({ to: '/pipelines' })],
      ['g s', () => void navigate({ to: '/schedules' })],
      ['g l', () => void navigate({ to: '/releases' })],
      ['g c', () => void navigate({ to: '/calendar' })],
      ['g d', () => void navigate({ to: '/datakits' })],
      ['g e', () => void navigate({ to: '/environment' })],
      ['g a', () => void navigate({ to: '/audit' })],
    ]);
    const sequence = createKeySequence();
    const onKey = (event: KeyboardEvent): void => {
      const action = isSearchKey(event) ? openSearch : findAction(event);
      if (!action) return;
      event.preventDefault();
      action();
    };
    const findAction = (event: KeyboardEvent): (() => void) | undefined => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return undefined;
      return actions.get(sequence(event.key, event.timeStamp));
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [navigate, openHelp, openSearch]);
  return { help, search };
}

function isSearchKey({ ctrlKey, metaKey, key }: KeyboardEvent): boolean {
  return (ctrlKey || metaKey) && key.toLowerCase() === 'k' && !isDialogOpen();
}

function useOverlay(): Overlay {
  const [isOpen, setOpen] = useState(false);
  const open = useCallback(() => setOpen(true), []);
  const close = useCallback(() => setOpen(false), []);
  return { isOpen, open, close };
}
