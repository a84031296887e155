import { IconAlertOctagon } from '@tabler/icons-react';
import type { PromotionView } from '@towpath/api';
import { isTerminalPromotionState } from '@towpath/core';
import type { ReactNode } from 'react';
import { Instant } from '../../layout/instant.tsx';
import { NameList } from '../../layout/name-list.tsx';
import classes from './promotion.module.css';

/** An emergency, loudly: which gates nobody asked, why, and until when that holds; of what has ended less loudly. */
export function EmergencyBanner({ promotion }: { readonly promotion: PromotionView }): ReactNode {
  const { emergency, environment, state } = promotion;
  if (!emergency) return null;
  const isOver = isTerminalPromotionState(state);
  return (
    <section className={classes.emergency} aria-label="Emergency" data-over={isOver ? true : undefined}>
      <p>
        <IconAlertOctagon size={22} aria-hidden="true" />
        <strong>
          {isOver ? 'This was an EMERGENCY' : 'EMERGENCY'} in <bdi>{environment}</bdi>
        </strong>
      </p>
      <p>
        {emergency.skipped.length > 0 ? (
          <>
            Gates it {isOver ? 'skipped' : 'skips'}: <NameList names={emergency.skipped} />.{' '}
          </>
        ) : isOver ? (
          'It skipped no gate. '
        ) : (
          'It skips no gate. '
        )}
        {isOver ? null : (
          <>
            It holds until <Instant at={emergency.expiresAt} isExact /> (<Instant at={emergency.expiresAt} />
            ).
          </>
        )}
      </p>
      <p>
        Reason: <q className="name">{emergency.reason}</q>
      </p>
    </section>
  );
}
