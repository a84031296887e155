import { Link } from '@tanstack/react-router';
import type { PromotionView } from '@towpath/api';
import type { ReactNode } from 'react';
import { browserTimeZone } from '../../format/format-instant.ts';
import { ColumnHeads } from '../../layout/column-heads.tsx';
import { Instant } from '../../layout/instant.tsx';
import { useNow } from '../../layout/use-now.ts';
import { lookOf } from '../../states/promotion-looks.ts';
import { LookBadge } from '../../states/state-badge.tsx';
import { describeEnd } from '../promotion/describe-end.ts';
import { describeWait } from '../promotion/describe-wait.ts';
import classes from './releases.module.css';

/** Promotions and rollbacks, newest first: what became of each. */
export function PromotionTable({ promotions }: { readonly promotions: readonly PromotionView[] }): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it may be wider than a phone, and keys must reach it
    <section className={classes.scroll} aria-label="List of promotions" tabIndex={0}>
      <table className={classes.table} aria-label="Promotions">
        <thead>
          <tr>
            <ColumnHeads titles={['State', 'What', 'Asked for', 'By', 'What became of it']} />
          </tr>
        </thead>
        <tbody>
          {promotions.map((promotion) => (
            <PromotionRow key={promotion.id} promotion={promotion} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function PromotionRow({ promotion }: { readonly promotion: PromotionView }): ReactNode {
  const { id, release, environment, requestedAt, requestedBy, emergency } = promotion;
  return (
    <tr>
      <td>
        <LookBadge look={lookOf(promotion)} />
      </td>
      <th scope="row">
        <Link to="/promotions/$promotionId" params={{ promotionId: id }} search={{ environment }} data-row>
          <bdi>{release.version}</bdi> {promotion.kind === 'rollback' ? 'back in' : 'to'} <bdi>{environment}</bdi>
        </Link>
        {emergency ? <strong className={classes.emergency}> EMERGENCY</strong> : null}
      </th>
      <td>
        <Instant at={requestedAt} />
      </td>
      <td className="name">{requestedBy}</td>
      <td className="name">
        <Became promotion={promotion} />
      </td>
    </tr>
  );
}

/** What became of it; of a rollback also from what, and why. */
function Became({ promotion }: { readonly promotion: PromotionView }): ReactNode {
  const { kind, state, note, rollsBackFrom } = promotion;
  const nowMs = useNow(30_000);
  const isLive = state === 'pending' || state === 'running';
  const why = kind === 'rollback' ? note : null;
  return (
    <>
      {isLive ? describeWait(promotion, nowMs, browserTimeZone()) : `it ${describeEnd(promotion)}`}
      {rollsBackFrom ? `; back from ${rollsBackFrom.version}` : null}
      {why ? (
        <>
          ; why: <q>{why}</q>
        </>
      ) : null}
    </>
  );
}
