import type { PromotionView } from '@towpath/api';

/** Whether it is a rollback that nothing was asked about: where no plan of a deploy command is wanted. */
export function passesNoGate({ kind, plan }: Pick<PromotionView, 'kind' | 'plan'>): boolean {
  return kind === 'rollback' && plan.gates.length === 0;
}
