const STEPS: ReadonlyMap<string, { readonly row: number; readonly column: number }> = new Map([
  ['ArrowUp', { row: -1, column: 0 }],
  ['ArrowDown', { row: 1, column: 0 }],
  ['ArrowLeft', { row: 0, column: -1 }],
  ['ArrowRight', { row: 0, column: 1 }],
]);

/** Moves the focus among cells marked `data-cell="row:column"` by an arrow key; false when there is nowhere to go. */
export function moveFocus(grid: HTMLElement, key: string): boolean {
  const step = STEPS.get(key);
  const [row, column] = (grid.querySelector<HTMLElement>('[data-cell]:focus')?.dataset.cell ?? '')
    .split(':')
    .map(Number);
  if (!step || row === undefined || column === undefined) return false;
  const next = grid.querySelector<HTMLElement>(`[data-cell="${row + step.row}:${column + step.column}"]`);
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  return next !== null;
}
