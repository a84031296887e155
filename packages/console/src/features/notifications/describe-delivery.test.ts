import type { DeliveryView, NotificationView } from '@towpath/api';
import { expect, test } from 'vitest';
import { describeDelivery, describeTold } from './describe-delivery.ts';

const delivery = (state: DeliveryView['state'], more: Partial<DeliveryView> = {}): DeliveryView => ({
  id: '01890000-0000-7000-8000-000000000000',
  sink: 'slack',
  state,
  tries: 0,
  dueAt: null,
  lastError: null,
  endedAt: null,
  ...more,
});
const notification = (...deliveries: DeliveryView[]) => ({ deliveries }) as unknown as NotificationView;

test('a delivery says its state, its tries and what the last one met', () => {
  expect(describeDelivery(delivery('waiting'))).toBe('waiting');
  expect(describeDelivery(delivery('waiting', { tries: 1, lastError: 'HTTP_429' }))).toBe(
    'waiting after 1 try, HTTP_429',
  );
  expect(describeDelivery(delivery('delivered', { tries: 3, lastError: 'HTTP_429' }))).toBe('delivered');
});

test('what was not told comes before what waits', () => {
  expect(describeTold([])).toContain('Nothing failed');
  expect(describeTold([notification(delivery('failed'), delivery('waiting'))])).toMatch(/^1 of the last could not/);
  expect(describeTold([notification(delivery('sending')), notification(delivery('delivered'))])).toMatch(/^1 .* wait/);
  expect(describeTold([notification()])).toContain('No sink');
  expect(describeTold([notification(delivery('delivered'))])).toBe('All were told.');
});
