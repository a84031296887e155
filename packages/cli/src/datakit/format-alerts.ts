import type { InventoryAlert } from '@towpath/core';
import type { InventoryCell } from '@towpath/datakit';
import { VERSION } from '../version.ts';

/** A line for what needs somebody's eye, and for what could not be asked. */
export function formatAlerts(name: string, cells: readonly InventoryCell[]): string {
  return cells
    .flatMap(({ environment, alerts, error }) => [
      ...alerts.map((alert) => `✗ ${name} in ${environment}: ${describe(alert)}\n`),
      ...(error === undefined ? [] : [`· ${name} in ${environment}: not known. ${error.message}\n`]),
    ])
    .join('');
}

function describe(alert: InventoryAlert): string {
  const { version } = alert;
  switch (alert.code) {
    case 'digest-differs':
      return `${version} is not the content that ${alert.from} has under this version.`;
    case 'not-promoted':
      return `${version} did not come by promotion: ${alert.from} does not have it.`;
    case 'label-differs':
      return `${version} is published under this version, and its label says ${alert.label}.`;
    case 'platform-too-old':
      return `${version} needs Towpath ${alert.minimumPlatform}, and this is ${VERSION}.`;
  }
}
