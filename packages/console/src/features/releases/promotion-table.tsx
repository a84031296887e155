import { Link } from '@tanstack/react-router';
import type { PromotionView } from '@towpath/api';
import type { ReactNode } from 'react';
import { browserTimeZone } from '../../format/format-instant.ts';
import { Instant } from '../../layout/instant.tsx';
import { useNow } from '../../layout/use-now.ts';
import { PROMOTION_LOOKS } from '../../states/promotion-looks.ts';
import { LookBadge } from '../../states/state-badge.tsx';
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
            {['State', 'What', 'Asked for', 'By', 'What became of it'].map((title) => (
              <th scope="col" key={title}>
                {title}
              </th>
            ))}
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
  const { id, state, kind, release, environment, requestedAt, requestedBy, endReason, emergency } = promotion;
  const nowMs = useNow(30_000);
  const isLive = state === 'pending' || state === 'running';
  return (
    <tr>
      <td>
        <LookBadge look={PROMOTION_LOOKS[state]} />
      </td>
      <th scope="row">
        <Link to="/promotions/$promotionId" params={{ promotionId: id }} search={{ environment }} data-row>
          <bdi>{release.version}</bdi> {kind === 'rollback' ? 'back in' : 'to'} <bdi>{environment}</bdi>
        </Link>
        {emergency ? <strong className={classes.emergency}> EMERGENCY</strong> : null}
      </th>
      <td>
        <Instant at={requestedAt} />
      </td>
      <td className="name">{requestedBy}</td>
      <td className="name">
        {isLive ? describeWait(promotion, nowMs, browserTimeZone()) : (endReason ?? 'it took effect')}
      </td>
    </tr>
  );
}
