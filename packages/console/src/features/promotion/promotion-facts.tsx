import { Link } from '@tanstack/react-router';
import type { PromotionView } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatDuration, measureMs } from '../../format/format-duration.ts';
import { CopyableId } from '../../layout/copyable-id.tsx';
import { Fact } from '../../layout/fact.tsx';
import { Instant } from '../../layout/instant.tsx';
import classes from './promotion.module.css';

/** What was asked for, by whom, and by which policy it is judged. */
export function PromotionFacts({ promotion }: { readonly promotion: PromotionView }): ReactNode {
  const { id, release, environment, requestedAt, requestedBy, rollbackPlan, changeRecord, notBefore, note } = promotion;
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
      {note ? (
        <Fact term="Note">
          <q className="name">{note}</q>
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

function Judged({ promotion: { policyVersion, judgedAt } }: { readonly promotion: PromotionView }): ReactNode {
  if (policyVersion === null || judgedAt === null) return null;
  return (
    <Fact term="Judged">
      by {policyVersion === 0 ? 'the shipped policy' : `policy version ${policyVersion}`} <Instant at={judgedAt} />
    </Fact>
  );
}

function Took({ promotion: { startedAt, endedAt } }: { readonly promotion: PromotionView }): ReactNode {
  if (startedAt === null || endedAt === null) return null;
  return <Fact term="Took">{formatDuration(measureMs(startedAt, endedAt, 0))} from the last gate on</Fact>;
}
