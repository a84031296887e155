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
  /** Gates that an emergency does not ask. */
  readonly skipped?: readonly string[] | undefined;
}

const RANK = { deny: 0, defer: 1, allow: 2 } as const;

/** Each gate with what it says, why, by what, and when it is asked again; what stops it first. */
export function GateList({ verdicts, skipped = [] }: GateListProps): ReactNode {
  const sorted = verdicts.toSorted((left, right) => RANK[left.decision] - RANK[right.decision]);
  return (
    <ul className={classes.gates} aria-label="Gates">
      {sorted.map((verdict) => (
        <Gate key={verdict.gate} verdict={verdict} />
      ))}
      {skipped.map((gate) => (
        <SkippedGate key={gate} gate={gate} />
      ))}
    </ul>
  );
}

function SkippedGate({ gate }: { readonly gate: string }): ReactNode {
  return (
    <li className={classes.gate} data-decision="skip">
      <div className={classes.verdict}>
        <LookBadge look={SKIPPED_LOOK} />
        <strong>{gate}</strong>
      </div>
      <p className={classes.skipped}>Nobody asks it: this is an emergency.</p>
    </li>
  );
}

function Gate({ verdict }: { readonly verdict: VerdictView }): ReactNode {
  const { gate, decision, code, reason, evidence, askAgainAt } = verdict;
  const fields = readEvidence(evidence);
  return (
    <li className={classes.gate} data-decision={decision}>
      <div className={classes.verdict}>
        <LookBadge look={DECISION_LOOKS[decision]} />
        <strong>{gate}</strong>
      </div>
      <div className={classes.why}>
        <p>
          <span>{reason}</span> <code className={classes.code}>{code}</code>
        </p>
        {askAgainAt ? (
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
