import { describeInventoryAlert } from '@towpath/core';
import type { InventoryCell } from '@towpath/datakit';

/** A line for what needs somebody's eye, and for what could not be asked. */
export function formatAlerts(name: string, cells: readonly InventoryCell[]): string {
  return cells
    .flatMap(({ environment, alerts, error }) => [
      ...alerts.map((alert) => `✗ ${name} in ${environment}: ${describeInventoryAlert(alert)}\n`),
      ...(error === undefined ? [] : [`· ${name} in ${environment}: not known. ${error.message}\n`]),
    ])
    .join('');
}
