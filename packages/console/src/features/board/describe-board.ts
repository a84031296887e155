// The board in words: what waits, what drifts, what failed.
import type { BoardPipeline, BoardRow } from '@towpath/api';
import { formatCount } from '../../format/format-count.ts';
import { describeWait } from '../promotion/describe-wait.ts';

/** Where an environment is not what it was told to be; empty: it is. A promotion that goes on explains the difference. */
export function listDrift(row: BoardRow): readonly string[] {
  const { agents, desired, deployment, promotion } = row;
  const broken = agents.flatMap(({ name, error }) => (error === null ? [] : [`${name} can't load it: ${error}`]));
  if (promotion?.state === 'running' || desired === null) return broken;
  const other = agents.flatMap(({ name, release, error }) =>
    error === null && release?.id !== desired.id
      ? [`${name} has ${release?.version ?? 'no release'}, not ${desired.version}`]
      : [],
  );
  const isTold = deployment?.release.id !== desired.id;
  const behind = isTold ? [`told to run ${desired.version}, runs ${deployment?.release.version ?? 'no release'}`] : [];
  return [...broken, ...other, ...behind];
}

/** True when the newest run that ended failed there. */
export function hasFailedLast({ lastRuns }: Pick<BoardPipeline, 'lastRuns'>): boolean {
  return lastRuns.find((state) => state === 'failed' || state === 'succeeded') === 'failed';
}

interface BoardAnswer {
  readonly words: string;
  readonly tone: 'good' | 'bad' | 'calm';
}

/** The page's answer: what waits, what drifts, what failed last. */
export function describeBoard(
  { rows, pipelines }: { readonly rows: readonly BoardRow[]; readonly pipelines: readonly BoardPipeline[] },
  nowMs: number,
  timeZone: string,
): BoardAnswer {
  const drifting = rows.filter((row) => listDrift(row).length > 0).length;
  const failed = new Set(pipelines.filter(hasFailedLast).map(({ name }) => name)).size;
  const wrong = [
    drifting > 0 ? `${formatCount(drifting, 'environment')} ${drifting === 1 ? 'drifts' : 'drift'}` : '',
    failed > 0 ? `${formatCount(failed, 'pipeline')} failed last` : '',
  ].filter((part) => part !== '');
  const parts = [describeLive(rows, nowMs, timeZone), ...wrong];
  const isWaiting = rows.some(({ promotion }) => promotion !== null);
  return { words: parts.join('; '), tone: wrong.length > 0 ? 'bad' : isWaiting ? 'calm' : 'good' };
}

function describeLive(rows: readonly BoardRow[], nowMs: number, timeZone: string): string {
  const live = rows.flatMap(({ promotion }) => (promotion === null ? [] : [promotion]));
  const [only] = live;
  if (!only) return `${formatCount(rows.length, 'environment')}, nothing waits`;
  if (live.length === 1)
    return `${only.release.version} to ${only.environment}: ${describeWait(only, nowMs, timeZone)}`;
  const waiting = live.filter(({ state }) => state === 'pending').length;
  const going = live.length - waiting;
  const words = [waiting > 0 ? `${formatCount(waiting, 'promotion')} wait` : '', going > 0 ? `${going} going on` : ''];
  return words.filter((word) => word !== '').join(', ');
}
