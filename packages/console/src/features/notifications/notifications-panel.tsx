import { Link } from '@tanstack/react-router';
import type { DeliveryView, NotificationView } from '@towpath/api';
import type { ReactNode } from 'react';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { Instant } from '../../layout/instant.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { StateIcon } from '../../states/state-icon.tsx';
import { describeDelivery, describeTold } from './describe-delivery.ts';
import { useNotifications } from './notification-queries.ts';
import classes from './notifications.module.css';

/** What was worth telling, and whether anybody was told. */
export function NotificationsPanel({ environment }: { readonly environment: string }): ReactNode {
  const notifications = useNotifications(environment);
  return (
    <section className={classes.panel} aria-label="Notifications">
      <h2>Notifications</h2>
      {notifications.isPending ? <LoadingRows label="Loading notifications" /> : null}
      {notifications.isError && !notifications.data ? (
        <ErrorPanel error={notifications.error} onRetry={() => void notifications.refetch()} />
      ) : null}
      {notifications.data ? <p className={classes.muted}>{describeTold(notifications.data)}</p> : null}
      <ul className={classes.list}>
        {notifications.data?.map((notification) => (
          <Notification key={notification.id} notification={notification} />
        ))}
      </ul>
    </section>
  );
}

const ICONS = { info: 'succeeded', warning: 'uncertain', critical: 'failed' } as const;

function Notification({ notification }: { readonly notification: NotificationView }): ReactNode {
  const { severity, title, text, at, runId, deliveries } = notification;
  return (
    <li className={classes.notification}>
      <StateIcon state={ICONS[severity]} size={14} />
      <div>
        <p>
          {runId === null ? (
            <strong>{title}</strong>
          ) : (
            <Link to="/runs/$runId" params={{ runId }}>
              {title}
            </Link>
          )}{' '}
          <span className={classes.muted}>
            {severity}, <Instant at={at} />
          </span>
        </p>
        <p className={classes.muted}>{text}</p>
        {deliveries.map((delivery) => (
          <Delivery key={delivery.id} delivery={delivery} />
        ))}
      </div>
    </li>
  );
}

function Delivery({ delivery }: { readonly delivery: DeliveryView }): ReactNode {
  const { sink, dueAt } = delivery;
  return (
    <p className={classes.muted}>
      <bdi className="name">{sink}</bdi>: {describeDelivery(delivery)}
      {dueAt === null ? null : (
        <>
          , again <Instant at={dueAt} />
        </>
      )}
    </p>
  );
}
