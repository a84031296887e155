import { Link } from '@tanstack/react-router';
import type { PromotionView } from '@towpath/api';
import { findOutcome, PROMOTION_OUTCOMES } from '@towpath/core';
import type { ReactNode } from 'react';
import { browserTimeZone } from '../../format/format-instant.ts';
import { Headline } from '../../layout/headline.tsx';
import { useNow } from '../../layout/use-now.ts';
import { lookOf, REPLACED_LOOKS } from '../../states/promotion-looks.ts';
import { LookBadge } from '../../states/state-badge.tsx';
import type { StateLook } from '../../states/state-looks.ts';
import { useBoardRow } from '../board/board-queries.ts';
import { describePromotion, toneOf } from './describe-promotion.ts';
import type { Tenure } from './judge-tenure.ts';
import classes from './promotion.module.css';

interface PromotionHeadProps {
  readonly promotion: PromotionView;
  readonly tenure: Tenure | undefined;
}

/** The page's answer, and what took the place of what is over. */
export function PromotionHead({ promotion, tenure }: PromotionHeadProps): ReactNode {
  const nowMs = useNow(30_000);
  const { release, environment } = promotion;
  return (
    <header className={classes.head}>
      <p className={classes.path}>
        <Link to="/board">Board</Link> <span aria-hidden="true">/</span> <bdi>{release.version}</bdi> to{' '}
        <bdi>{environment}</bdi> <LookBadge look={chooseLook(promotion, tenure)} />
      </p>
      <Headline tone={toneOf(promotion, tenure)}>
        {describePromotion(promotion, { nowMs, timeZone: browserTimeZone(), tenure })}
      </Headline>
      <p className={classes.muted}>
        <Sentence promotion={promotion} tenure={tenure} />
      </p>
    </header>
  );
}

function chooseLook(promotion: PromotionView, tenure: Tenure | undefined): StateLook {
  return tenure?.how === 'past' ? REPLACED_LOOKS[tenure.successor?.kind ?? 'promotion'] : lookOf(promotion);
}

function Sentence({ promotion, tenure }: PromotionHeadProps): ReactNode {
  if (tenure?.how === 'unknown') return 'It took effect.';
  if (tenure?.how !== 'past') return PROMOTION_OUTCOMES[findOutcome(promotion.state, promotion.endCode)];
  if (tenure.successor) return <TakenPlace successor={tenure.successor} />;
  return <RunsNow environment={promotion.environment} />;
}

function TakenPlace({ successor }: { readonly successor: PromotionView }): ReactNode {
  const { id, environment, release, kind, note } = successor;
  const link = (
    <Link to="/promotions/$promotionId" params={{ promotionId: id }} search={{ environment }} className="name">
      {release.version}
    </Link>
  );
  if (kind === 'promotion') return <>{link} took its place.</>;
  return (
    <>
      It was rolled back to {link}
      {note ? (
        <>
          : <q className="name">{note}</q>
        </>
      ) : (
        '.'
      )}
    </>
  );
}

function RunsNow({ environment }: { readonly environment: string }): ReactNode {
  const release = useBoardRow(environment)?.deployment?.release;
  if (!release) return 'No release runs there now.';
  return (
    <>
      <bdi>{environment}</bdi> runs{' '}
      <Link to="/releases/$releaseId" params={{ releaseId: release.id }} search={{ environment }} className="name">
        {release.version}
      </Link>{' '}
      now.
    </>
  );
}
