// Pages mark what keys reach: `data-search` on the field of `/`, `data-row` on what `j` and `k` walk.

/** True while keys belong to a field or a dialog. */
export function isTyping(target: EventTarget | null): boolean {
  if (document.querySelector('[role=dialog]')) return true;
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable=true]') !== null;
}

/** Puts the cursor into the page's search field. */
export function focusSearch(): void {
  const marked = document.querySelector<HTMLElement>('[data-search]');
  const field = marked?.matches('input') ? marked : marked?.querySelector<HTMLElement>('input');
  field?.focus();
}

/** Focuses the next (1) or previous (-1) row; the first one when none has the focus. */
export function focusRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')].filter(({ offsetParent }) => offsetParent);
  const current = rows.findIndex((row) => row.matches(':focus'));
  const next = current === -1 ? rows[0] : rows[current + step];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: 'nearest' });
}
