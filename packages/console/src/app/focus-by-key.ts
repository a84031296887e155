// Pages mark what keys reach: `data-search` on the field of `/`, `data-row` on what `j` and `k` walk.

/** True while a dialog lies over the page. */
export function isDialogOpen(): boolean {
  return document.querySelector('[role=dialog]') !== null;
}

/** True while keys belong to a field or a dialog. */
export function isTyping(target: EventTarget | null): boolean {
  if (isDialogOpen()) return true;
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable=true]') !== null;
}

/** Puts the cursor into the page's search field; false when it has none. */
export function focusSearch(): boolean {
  const marked = document.querySelector<HTMLElement>('[data-search]');
  const field = marked?.matches('input') ? marked : marked?.querySelector<HTMLElement>('input');
  field?.focus();
  return field !== null && field !== undefined;
}

/** Focuses the next (1) or previous (-1) row; the first one when none has the focus. */
export function focusRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')].filter(({ offsetParent }) => offsetParent);
  const current = rows.findIndex((row) => row.matches(':focus'));
  const next = current === -1 ? rows[0] : rows[current + step];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: 'nearest' });
}
