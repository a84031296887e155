import type { InventoryAlert } from './judge-inventory.ts';

/** A sentence for people, the same in CLI and console; the place is said by whoever shows it. */
export function describeInventoryAlert(alert: InventoryAlert): string {
  const { version } = alert;
  switch (alert.code) {
    case 'digest-differs':
      return `${version} is not the content that ${alert.from} has under this version.`;
    case 'not-promoted':
      return `${version} did not come by promotion: ${alert.from} does not have it.`;
    case 'label-differs':
      return `${version} is published under this version, and its label says ${alert.label}.`;
    case 'ran-other-content':
      return `${version} is not the content that ran last under this version (${alert.digest.slice(0, 19)}).`;
    case 'not-published':
      return alert.isNamed
        ? `${version} is named by pipelines, and is not there.`
        : `${version} ran last, and is not there any more.`;
    case 'platform-too-old':
      return `${version} needs Towpath ${alert.minimumPlatform}, and ${alert.platformVersion} would run it.`;
    case 'memory-too-small':
      return `${version} needs ${alert.needsMiB} MiB of memory, and an attempt is given ${alert.memoryMiB} MiB.`;
  }
}
