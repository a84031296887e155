import type { ReleaseDifference } from '@towpath/core';

/** What a kind of difference is called. */
export const DIFFERENCE_WORDS: Readonly<Record<ReleaseDifference['kind'], string>> = {
  commit: 'Commit',
  bundle: 'Code of functions',
  pipeline: 'Pipeline',
  datakit: 'Datakit',
  pool: 'Pool',
  configuration: 'Variables',
  environment: 'Environment',
  model: 'dbt model',
};

/** How it differs. */
export function describeHow({ before, after }: ReleaseDifference): 'added' | 'removed' | 'changed' {
  if (before === null) return 'added';
  return after === null ? 'removed' : 'changed';
}

/** True for a hash: people compare its beginning. */
export function isHash(text: string): boolean {
  return /^[0-9a-f]{40,64}$/.test(text);
}
