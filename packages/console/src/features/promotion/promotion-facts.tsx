import { Link } from '@tanstack/react-router';
import type { PromotionView } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatDuration, measureMs } from '../../format/format-duration.ts';
import { CopyableId } from '../../layout/copyable-id.tsx';
import { Fact } from '../../layout/fact.tsx';
import { Instant } from '../../layout/instant.tsx';
import { passesNoGate } from './passes-no-gate.ts';
import classes from './promotion.module.css';

/** What was asked for, by whom, and by which policy it is judged. */
export function PromotionFacts({ promotion }: { readonly promotion: PromotionView }): ReactNode {
  const { id, release, environment, requestedAt, requestedBy, rollbackPlan, changeRecord, notBefore } = promotion;
  const { rollsBackFrom } = promotion;
  const said = sayWhy(promotion);
  return (
    <dl className={classes.facts}>
      <Fact term="Release">
        <Link to="/releases/$releaseId" params={{ releaseId: release.id }} search={{ environment }} className="name">
          {release.version}
        </Link>
      </Fact>
      <Fact term="Asked for">
        by <bdi>{requestedBy}</bdi> <Instant at={requestedAt} />
      </Fact>
      {rollsBackFrom ? (
        <Fact term="Back from">
          <Link
            to="/releases/$releaseId"
            params={{ releaseId: rollsBackFrom.id }}
            search={{ environment }}
            className="name"
          >
            {rollsBackFrom.version}
          </Link>
        </Fact>
      ) : null}
      {said ? (
        <Fact term={said.term}>
          <q className="name">{said.words}</q>
        </Fact>
      ) : null}
      {rollbackPlan ? (
        <Fact term="Rollback plan">
          <q className="name">{rollbackPlan}</q>
        </Fact>
      ) : null}
      {changeRecord ? (
        <Fact term="Change record">
          <bdi>{changeRecord}</bdi>
        </Fact>
      ) : null}
      {notBefore ? (
        <Fact term="Not before">
          <Instant at={notBefore} isExact />
        </Fact>
      ) : null}
      <Judged promotion={promotion} />
      <Took promotion={promotion} />
      <Fact term="Id">
        <CopyableId id={id} what="promotion id" />
      </Fact>
    </dl>
  );
}

function sayWhy({ kind, note }: PromotionView): { readonly term: string; readonly words: string } | undefined {
  return note ? { term: kind === 'rollback' ? 'Reason' : 'Note', words: note } : undefined;
}

/** Nothing of a rollback that passed no gate: nobody judged it. */
function Judged({ promotion }: { readonly promotion: PromotionView }): ReactNode {
  const { policyVersion, judgedAt } = promotion;
  if (policyVersion === null || judgedAt === null || passesNoGate(promotion)) return null;
  return (
    <Fact term="Judged">
      by {policyVersion === 0 ? 'the shipped policy' : `policy version ${policyVersion}`} <Instant at={judgedAt} />
    </Fact>
  );
}

/** Of a promotion without the time that its gates took. */
function Took({ promotion }: { readonly promotion: PromotionView }): ReactNode {
  const { kind, requestedAt, startedAt, endedAt } = promotion;
  if (startedAt === null || endedAt === null) return null;
  if (kind === 'rollback') return <Fact term="Took">{formatDuration(measureMs(requestedAt, endedAt, 0))}</Fact>;
  return <Fact term="Took">{formatDuration(measureMs(startedAt, endedAt, 0))} from the last gate on</Fact>;
}
