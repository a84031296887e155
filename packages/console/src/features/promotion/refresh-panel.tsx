import { Link } from '@tanstack/react-router';
import type { PromotionView } from '@towpath/api';
import { REFRESH_STATES } from '@towpath/core';
import type { ReactNode } from 'react';
import { NameList } from '../../layout/name-list.tsx';
import { REFRESH_LOOKS } from '../../states/refresh-looks.ts';
import { LookBadge } from '../../states/state-badge.tsx';
import classes from './promotion.module.css';

/** What a rollback makes anew, and how far that is. */
export function RefreshPanel({ promotion }: { readonly promotion: PromotionView }): ReactNode {
  const { refresh, environment } = promotion;
  if (refresh === null) return null;
  const { pipeline, models, between, state, problem, run } = refresh;
  return (
    <section className={classes.panel} aria-label="Full refresh">
      <h2>Full refresh</h2>
      <p>
        <LookBadge look={REFRESH_LOOKS[state]} sentence={REFRESH_STATES[state]} /> {REFRESH_STATES[state]}
      </p>
      {problem ? <p className="name">{problem.message}</p> : null}
      <p>
        By{' '}
        {run ? (
          <Link to="/runs/$runId" params={{ runId: run.id }} search={{ environment }} className="name">
            {pipeline}-{environment} #{run.number}
          </Link>
        ) : (
          <bdi>{pipeline}</bdi>
        )}
        : <NameList names={models} />
        {between.length > 0 ? (
          <>
            ; between them <NameList names={between} />
          </>
        ) : null}
      </p>
    </section>
  );
}
