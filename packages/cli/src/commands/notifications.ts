import { type DeliveryView, ListNotifications, type NotificationView } from '@towpath/api';
import { DELIVERY_STATES, type DeliveryState, SEVERITIES, type Severity } from '@towpath/core';
import { Option } from 'commander';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { findNamedEnvironment } from '../connection/select-on-server.ts';
import { formatTable } from '../rendering/table.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly environment?: string;
  readonly severity?: Severity;
  readonly deliveryState?: DeliveryState;
  readonly json?: boolean;
}

/** So many fit a screen; the console has all of them. */
const SHOWN = 20;

/** `npx towpath notifications`: what was worth telling, and whether anybody was told. */
export const registerNotifications: RegisterCommand = (program, context) => {
  const command = program
    .command('notifications')
    .description('List the last notifications and what became of each at its sinks.')
    .option('--environment <name>', 'only those of this environment')
    .addOption(new Option('--severity <severity>', 'only those of this severity').choices(SEVERITIES))
    .addOption(
      new Option('--delivery-state <state>', 'only those with a delivery in this state').choices(
        Object.keys(DELIVERY_STATES),
      ),
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath notifications --delivery-state failed');
  addConnectionOptions(command).action(async (options: Options) => {
    const { severity, deliveryState: state } = options;
    const environment = findNamedEnvironment(context, options);
    const query = { environment, severity, state, limit: SHOWN };
    const reply = await connect(context, options).call(ListNotifications, { query });
    if (options.json) context.out(`${JSON.stringify(reply, null, 2)}\n`);
    else context.out(formatNotifications(reply.notifications));
  });
};

function formatNotifications(notifications: readonly NotificationView[]): string {
  if (notifications.length === 0) return 'No notifications: nothing failed, fell silent or was missed.\n';
  const rows = notifications.map(({ at, severity, title, deliveries }) => [
    at,
    severity,
    title,
    deliveries.map(describeDelivery).join('; ') || 'no sink wants it',
  ]);
  return formatTable(['AT', 'SEVERITY', 'NOTIFICATION', 'DELIVERIES'], rows);
}

function describeDelivery({ sink, state, tries, lastError }: DeliveryView): string {
  if (state === 'delivered') return `${sink}: delivered`;
  const why = lastError === null ? '' : `, ${lastError}`;
  return `${sink}: ${state}${tries > 0 ? ` after ${tries} tries` : ''}${why}`;
}
