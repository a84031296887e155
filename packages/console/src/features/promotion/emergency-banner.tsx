import { IconAlertOctagon } from '@tabler/icons-react';
import type { PromotionView } from '@towpath/api';
import type { ReactNode } from 'react';
import { Instant } from '../../layout/instant.tsx';
import { NameList } from '../../layout/name-list.tsx';
import classes from './promotion.module.css';

/** An emergency, loudly: which gates nobody asked, why, and until when that holds. */
export function EmergencyBanner({ promotion }: { readonly promotion: PromotionView }): ReactNode {
  const { emergency, environment } = promotion;
  if (!emergency) return null;
  return (
    <section className={classes.emergency} aria-label="Emergency">
      <p>
        <IconAlertOctagon size={22} aria-hidden="true" />
        <strong>
          EMERGENCY in <bdi>{environment}</bdi>
        </strong>
      </p>
      <p>
        {emergency.skipped.length > 0 ? (
          <>
            Gates it skips: <NameList names={emergency.skipped} />.{' '}
          </>
        ) : (
          'It skips no gate. '
        )}
        It holds until <Instant at={emergency.expiresAt} isExact /> (<Instant at={emergency.expiresAt} />
        ).
      </p>
      <p>
        Reason: <q className="name">{emergency.reason}</q>
      </p>
    </section>
  );
}
