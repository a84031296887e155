import type { PromotionView } from '@towpath/api';

/** What entries of the audit about a promotion are about: its id, and what people call it. */
export function promotionSubject({ id, release, environment }: Pick<PromotionView, 'id' | 'release' | 'environment'>) {
  return { kind: 'promotion', id, name: `${release.version} to ${environment}` };
}
