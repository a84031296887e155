import type { VerdictView } from '@towpath/api';
import { describeEvidence, splitVerdicts } from '@towpath/core';
import type { ReactNode } from 'react';
import { Instant } from '../../layout/instant.tsx';
import { NameList } from '../../layout/name-list.tsx';
import { DECISION_LOOKS, PAST_DECISION_LOOKS, SKIPPED_LOOK } from '../../states/promotion-looks.ts';
import { LookBadge } from '../../states/state-badge.tsx';
import { EvidenceFacts } from './evidence-facts.tsx';
import classes from './promotion.module.css';

interface GateListProps {
  readonly verdicts: readonly VerdictView[];
  /** Gates that an emergency does not ask. */
  readonly skipped?: readonly string[] | undefined;
  /** What they were asked about has ended: nothing is asked again. */
  readonly isOver?: boolean;
}

/** Each gate with what it says, why, by what, and when it is asked again; what stops it first. Those that nobody wants are named. */
export function GateList({ verdicts, skipped = [], isOver = false }: GateListProps): ReactNode {
  const { asked, unasked } = splitVerdicts(verdicts);
  return (
    <>
      <ul className={classes.gates} aria-label="Gates">
        {asked.map((verdict) => (
          <Gate key={verdict.gate} verdict={verdict} isOver={isOver} />
        ))}
        {skipped.map((gate) => (
          <SkippedGate key={gate} gate={gate} isOver={isOver} />
        ))}
      </ul>
      {unasked.length > 0 ? (
        <p className={classes.muted}>
          The policy {isOver ? 'asked' : 'asks'} nothing about <NameList names={unasked} />.
        </p>
      ) : null}
    </>
  );
}

function SkippedGate({ gate, isOver }: { readonly gate: string; readonly isOver: boolean }): ReactNode {
  return (
    <li className={classes.gate} data-decision="skip">
      <div className={classes.verdict}>
        <LookBadge look={SKIPPED_LOOK} />
        <strong>{gate}</strong>
      </div>
      <p className={classes.skipped}>
        {isOver ? 'Nobody asked it: this was an emergency.' : 'Nobody asks it: this is an emergency.'}
      </p>
    </li>
  );
}

function Gate({ verdict, isOver }: { readonly verdict: VerdictView; readonly isOver: boolean }): ReactNode {
  const { gate, decision, code, reason, evidence } = verdict;
  const facts = describeEvidence(gate, evidence);
  return (
    <li className={classes.gate} data-decision={decision} data-over={isOver ? true : undefined}>
      <div className={classes.verdict}>
        <LookBadge look={(isOver ? PAST_DECISION_LOOKS : DECISION_LOOKS)[decision]} />
        <strong>{gate}</strong>
      </div>
      <div className={classes.why}>
        <p>
          <span>{reason}</span> <code className={classes.code}>{code}</code>
        </p>
        {isOver ? null : <AskedAgain verdict={verdict} />}
        {facts.length > 0 ? <EvidenceFacts facts={facts} /> : null}
      </div>
    </li>
  );
}

function AskedAgain({ verdict: { decision, askAgainAt } }: { readonly verdict: VerdictView }): ReactNode {
  if (askAgainAt)
    return (
      <p className={classes.muted}>
        Asked again <Instant at={askAgainAt} />, <Instant at={askAgainAt} isExact />
      </p>
    );
  return decision === 'defer' ? (
    <p className={classes.muted}>Asked again as soon as a person or a run changes it</p>
  ) : null;
}
