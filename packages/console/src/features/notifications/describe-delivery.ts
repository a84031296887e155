import type { DeliveryView, NotificationView } from '@towpath/api';

/** `delivered`, `waiting after 2 tries, HTTP_429` */
export function describeDelivery({ state, tries, lastError }: DeliveryView): string {
  if (state === 'delivered') return 'delivered';
  const parts = [tries > 0 ? `${state} after ${tries === 1 ? '1 try' : `${tries} tries`}` : state, lastError];
  return parts.filter((part) => part !== null).join(', ');
}

/** The panel's answer: whether somebody who should have been told was not. */
export function describeTold(notifications: readonly NotificationView[]): string {
  const deliveries = notifications.flatMap((one) => one.deliveries);
  const failed = deliveries.filter(({ state }) => state === 'failed').length;
  const open = deliveries.filter(({ state }) => state === 'waiting' || state === 'sending').length;
  if (notifications.length === 0) return 'Nothing failed, fell silent or was missed.';
  if (failed > 0) return `${failed} of the last could not be told to anybody.`;
  if (open > 0) return `${open} of the last wait to be told.`;
  return deliveries.length === 0 ? 'No sink wants any of these; they are only listed here.' : 'All were told.';
}
