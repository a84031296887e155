import type { VerdictView } from '@towpath/api';
import type { ReactNode } from 'react';
import { Instant } from '../../layout/instant.tsx';
import { DECISION_LOOKS, SKIPPED_LOOK } from '../../states/promotion-looks.ts';
import { LookBadge } from '../../states/state-badge.tsx';
import { EvidenceFields } from './evidence-fields.tsx';
import classes from './promotion.module.css';
import { readEvidence } from './read-evidence.ts';

interface GateListProps {
  readonly verdicts: readonly VerdictView[];
  /** Gates that an emergency passed without asking them. */
  readonly skipped?: readonly string[] | undefined;
}

const RANK = { deny: 0, defer: 1, allow: 2 } as const;

/** Each gate with what it says, why, by what, and when it is asked again; what stops it first. */
export function GateList({ verdicts, skipped = [] }: GateListProps): ReactNode {
  const sorted = verdicts.toSorted((left, right) => RANK[left.decision] - RANK[right.decision]);
  return (
    <ul className={classes.gates} aria-label="Gates">
      {sorted.map((verdict) => (
        <Gate key={verdict.gate} verdict={verdict} isSkipped={skipped.includes(verdict.gate)} />
      ))}
    </ul>
  );
}

function Gate({ verdict, isSkipped }: { readonly verdict: VerdictView; readonly isSkipped: boolean }): ReactNode {
  const { gate, decision, code, reason, evidence, askAgainAt } = verdict;
  const fields = readEvidence(evidence);
  return (
    <li className={classes.gate} data-decision={isSkipped ? 'deny' : decision}>
      <div className={classes.verdict}>
        <LookBadge look={isSkipped ? SKIPPED_LOOK : DECISION_LOOKS[decision]} />
        <strong>{gate}</strong>
        {isSkipped ? <span className={classes.skipped}>by the emergency</span> : null}
      </div>
      <div className={classes.why}>
        <p>
          <span>{reason}</span> <code className={classes.code}>{code}</code>
        </p>
        {isSkipped ? null : askAgainAt ? (
          <p className={classes.muted}>
            Asked again <Instant at={askAgainAt} />, <Instant at={askAgainAt} isExact />
          </p>
        ) : decision === 'defer' ? (
          <p className={classes.muted}>Asked again as soon as a person or a run changes it</p>
        ) : null}
        {fields.length > 0 ? <EvidenceFields fields={fields} /> : null}
      </div>
    </li>
  );
}
