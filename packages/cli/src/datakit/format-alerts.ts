import { describeInventoryAlert, type ErrorFacts } from '@towpath/core';
import type { InventoryCell } from '@towpath/datakit';

/** A line for what needs somebody's eye, and for what could not be asked. */
export function formatAlerts(name: string, cells: readonly InventoryCell[]): string {
  return cells
    .flatMap(({ environment, alerts, error }) => [
      ...alerts.map((alert) => `✗ ${name} in ${environment}: ${describeInventoryAlert(alert)}\n`),
      ...(error === undefined ? [] : [formatUnknown(name, environment, error)]),
    ])
    .join('');
}

/** The line for an environment whose registry could not be asked. */
export function formatUnknown(name: string, environment: string, { message }: ErrorFacts): string {
  return `· ${name} in ${environment}: not known. ${message}\n`;
}
