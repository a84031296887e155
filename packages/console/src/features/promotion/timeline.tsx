import type { ReactNode } from 'react';
import { Instant } from '../../layout/instant.tsx';
import type { Moment } from './describe-promotion.ts';
import classes from './promotion.module.css';

/** What happened, oldest first. */
export function Timeline({ moments }: { readonly moments: readonly Moment[] }): ReactNode {
  return (
    <section className={classes.panel} aria-label="Timeline">
      <h2>Timeline</h2>
      <ol className={classes.moments}>
        {moments.map(({ at, words, tone, note }) => (
          <li key={`${at} ${words}`} data-tone={tone}>
            <span className={classes.when}>
              <Instant at={at} isExact />
            </span>
            <span>
              <span className="name">{words}</span>
              {note ? (
                <>
                  : <q className="name">{note}</q>
                </>
              ) : null}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
