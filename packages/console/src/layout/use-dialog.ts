import { useState } from 'react';

/** Whether a dialog is open; `props` belong to it. */
export function useDialog() {
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  return { open: () => setOpen(true), close, props: { isOpen, onClose: close } };
}
