// Pools in words: how full they are, and what another number of slots would do.
import type { PoolView } from '@towpath/api';
import { formatCount, formatNumber } from '../../format/format-count.ts';

/** `2 of 3 slots held, 4 tasks wait`. More held than slots is said: the pool was made smaller meanwhile. */
export function describePool({ slots, held, waiting }: PoolView): string {
  const wait = waiting === 0 ? 'nothing waits' : `${formatCount(waiting, 'task')} ${waiting === 1 ? 'waits' : 'wait'}`;
  const over = held > slots ? `, ${formatNumber(held - slots)} more than it has` : '';
  return `${formatNumber(held)} of ${formatCount(slots, 'slot')} held${over}; ${wait}`;
}

/** Where the number in force comes from. */
export function describeSource({ declaredSlots, setSlots, changedBy }: PoolView): string {
  const declared = declaredSlots === null ? 'not declared by the project' : `the project declares ${declaredSlots}`;
  return setSlots === null ? `As ${declared}` : `Set to ${setSlots} by ${changedBy}; ${declared}`;
}

/** What another number of slots would do, as a sentence. Null goes back to the declaration. */
export function describeChange(pool: PoolView, slots: number | null): string {
  const next = slots ?? pool.declaredSlots ?? 0;
  const keeping =
    pool.held > next
      ? ` Attempts that hold a slot keep it: ${formatNumber(pool.held - next)} more than that until they end.`
      : '';
  if (next === 0) return `Nothing that needs this pool starts any more, in any run.${keeping}`;
  const free = Math.min(Math.max(0, next - pool.held), pool.waiting);
  const starting =
    free > 0 ? ` ${formatCount(free, 'task')} that ${free === 1 ? 'waits' : 'wait'} may start at once.` : '';
  const most = `At most ${formatCount(next, 'attempt')} of all runs together ${next === 1 ? 'uses' : 'use'} it at a time.`;
  return `${most}${starting}${keeping}`;
}

/** The number of slots that was typed; undefined when it is none. */
export function parseSlots(text: string): number | undefined {
  const slots = Number(text.trim());
  return text.trim() !== '' && Number.isInteger(slots) && slots >= 0 && slots <= MOST_SLOTS ? slots : undefined;
}

/** The contract's bound. */
export const MOST_SLOTS = 100_000;
