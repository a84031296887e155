import type { RefreshState } from '@towpath/core';
import type { StateLook } from './state-looks.ts';

/** How the full refresh of a rollback looks. */
export const REFRESH_LOOKS: Readonly<Record<RefreshState, StateLook>> = {
  waiting: { word: 'Waiting', tone: 'warn', shape: 'dashed' },
  running: { word: 'Running', tone: 'busy', shape: 'half' },
  succeeded: { word: 'Succeeded', tone: 'good', shape: 'check' },
  failed: { word: 'Failed', tone: 'bad', shape: 'cross' },
  dropped: { word: 'Not done', tone: 'calm', shape: 'skip' },
  unknown: { word: 'Unknown', tone: 'warn', shape: 'diamond' },
};
