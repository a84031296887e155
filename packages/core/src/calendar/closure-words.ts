import type { Closure } from './freeze-calendar.ts';

/** What a kind of closure is called. */
export const CLOSURE_WORDS: Readonly<Record<Closure['kind'], string>> = {
  'month-end': 'Month end',
  yearly: 'Every year',
  'filing-date': 'Filing date',
  holiday: 'Bank holiday',
  declared: 'Freeze',
  window: 'Weekly windows',
};
