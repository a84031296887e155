// What a promotion waits for, in one line: how many gates, and until when.
import type { PromotionView, VerdictView } from '@towpath/api';
import { formatCount } from '../../format/format-count.ts';
import { formatNext } from '../../format/format-instant.ts';

/** What is needed of a promotion. */
type Waiting = Pick<PromotionView, 'state' | 'verdicts' | 'askAgainAt'>;

/** Gates that do not let through. Those that an emergency skips are not asked. */
function listRed({ verdicts }: Waiting): readonly VerdictView[] {
  return verdicts.filter(({ decision }) => decision !== 'allow');
}

/** `2 of 9 gates wait · opens Mon 09:00`. */
export function describeWait(promotion: Waiting, nowMs: number, timeZone: string): string {
  const { verdicts } = promotion;
  if (promotion.state === 'running') return 'agents load it';
  if (verdicts.length === 0) return describeUnasked(promotion);
  const gates = formatCount(verdicts.length, 'gate');
  const red = listRed(promotion);
  const denied = red.filter(({ decision }) => decision === 'deny').length;
  if (denied > 0) return `${denied} of ${gates} ${denied === 1 ? 'denies' : 'deny'} it`;
  if (red.length === 0) return verdicts.length === 1 ? 'its gate allows it' : `all ${gates} allow it`;
  const waiting = `${red.length} of ${gates} ${red.length === 1 ? 'waits' : 'wait'}`;
  return `${waiting} · ${describeWhen(promotion, nowMs, timeZone)}`;
}

/** Of one without verdicts: what has ended is asked nothing any more. */
export function describeUnasked({ state }: Pick<Waiting, 'state'>): string {
  return state === 'pending' ? 'its gates were not asked yet' : 'no verdict of its gates was kept';
}

/** When it may go on: exactly, not before, or only when somebody does something. */
function describeWhen(promotion: Waiting, nowMs: number, timeZone: string): string {
  const red = listRed(promotion);
  const times = red.flatMap(({ askAgainAt }) => (askAgainAt === null ? [] : [askAgainAt])).sort();
  const last = times.at(-1);
  if (last === undefined) return 'needs a person or a run';
  const at = formatNext(last, nowMs, timeZone);
  // A gate whose evidence could not be found out is asked again; nobody knows what it will say.
  if (red.some(({ code }) => code === 'EVIDENCE_UNREACHABLE')) return `asked again ${at}`;
  return promotion.askAgainAt === null ? `not before ${at}` : `opens ${at}`;
}
