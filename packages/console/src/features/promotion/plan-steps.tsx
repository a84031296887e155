import type { PromotionView } from '@towpath/api';
import type { ReactNode } from 'react';
import { browserTimeZone } from '../../format/format-instant.ts';
import { useNow } from '../../layout/use-now.ts';
import { STEP_LOOKS } from '../../states/promotion-looks.ts';
import { LookIcon } from '../../states/state-icon.tsx';
import { useBoardRow } from '../board/board-queries.ts';
import { describeWait } from './describe-wait.ts';
import classes from './promotion.module.css';
import { type DrawnStep, describeAgents, toSteps } from './to-steps.ts';

/** The plan, with how far it is. */
export function PlanSteps({ promotion }: { readonly promotion: PromotionView }): ReactNode {
  return (
    <ol className={classes.steps} aria-label="Plan">
      {toSteps(promotion).map((step) => (
        <Step key={step.step} step={step} promotion={promotion} />
      ))}
    </ol>
  );
}

interface StepProps {
  readonly step: DrawnStep;
  readonly promotion: PromotionView;
}

function Step({ step: { step, words, state }, promotion }: StepProps): ReactNode {
  const look = STEP_LOOKS[state];
  return (
    <li data-state={state} {...(state === 'active' ? { 'aria-current': 'step' } : {})}>
      <LookIcon look={look} />
      <div>
        <p>
          <strong>{step}</strong> <span className={classes.muted}>{look.word.toLowerCase()}</span>
        </p>
        <p className={classes.muted}>{words}</p>
        {state === 'active' ? <Progress step={step} promotion={promotion} /> : null}
        {state === 'broken' && promotion.endReason ? <p className="name">{promotion.endReason}</p> : null}
      </div>
    </li>
  );
}

function Progress({
  step,
  promotion,
}: {
  readonly step: DrawnStep['step'];
  readonly promotion: PromotionView;
}): ReactNode {
  const row = useBoardRow(promotion.environment);
  const nowMs = useNow(30_000);
  if (step === 'judge-gates') return <p>{describeWait(promotion, nowMs, browserTimeZone())}</p>;
  return row ? <p>{describeAgents(row, promotion.release.id)}</p> : null;
}
