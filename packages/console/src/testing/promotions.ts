import type {
  BoardPipeline,
  BoardRow,
  DeployPlanView,
  FreezeView,
  GetCalendar,
  PolicyView,
  PromotionView,
  ReleaseView,
  SignOffView,
} from '@towpath/api';
import type { Closure } from '@towpath/core';
import type { z } from 'zod';

/** What a world knows of releases, and of where they are. */
export interface Promotions {
  rows: BoardRow[];
  pipelines: BoardPipeline[];
  /** Newest first. */
  promotions: PromotionView[];
  /** Newest first. */
  releases: ReleaseView[];
  signOffs: SignOffView[];
  /** Newest first, of all promotions. */
  deployPlans: DeployPlanView[];
  freezes: FreezeView[];
  /** By environment. */
  rules: PolicyView['rules'];
  /** What closes each environment now. */
  closures: Closure[];
  days: z.output<(typeof GetCalendar)['reply']>['days'];
}

/** No environment takes releases. */
export function noPromotions(): Promotions {
  return {
    rows: [],
    pipelines: [],
    promotions: [],
    releases: [],
    signOffs: [],
    deployPlans: [],
    freezes: [],
    rules: {},
    closures: [],
    days: [],
  };
}
