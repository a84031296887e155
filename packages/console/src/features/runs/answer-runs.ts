// The answer on top of the list: what failed, is the data complete, what to do.
import type { PipelineView, RunSummary } from '@towpath/api';
import { isTerminalRunState, type RunState } from '@towpath/core';
import { formatCount } from '../../format/format-count.ts';

/** A pipeline whose newest ended run did not succeed. */
export interface BehindPipeline {
  readonly run: RunSummary;
  /** Of its last runs, as many as its pipeline tells (ten): how many ended, and how many of them failed. */
  readonly endedCount: number;
  readonly failedCount: number;
}

export interface RunsAnswer {
  readonly tone: 'good' | 'bad' | 'calm';
  /** What failed: `2 of the last 20 runs failed`, and whether that is over. */
  readonly headline: string;
  readonly newestFailure: RunSummary | undefined;
  /** Whether the data is complete: a sentence about the pipelines whose newest ended run did not succeed. */
  readonly completeness: string;
  /** Pipelines whose data is behind. */
  readonly behind: readonly BehindPipeline[];
  readonly activeCount: number;
}

/** Answers from the newest runs (newest first) and the pipelines' last ten. */
export function answerRuns(recent: readonly RunSummary[], pipelines: readonly PipelineView[]): RunsAnswer {
  const failed = recent.filter(({ state }) => state === 'failed');
  const behind = findBehind(pipelines);
  return {
    tone: behind.length > 0 ? 'bad' : recent.length > 0 ? 'good' : 'calm',
    headline: describeFailures(failed.length, recent, behind.length === 0),
    newestFailure: failed[0],
    completeness: describeCompleteness(behind.length, pipelines),
    behind,
    activeCount: recent.filter(({ state }) => !isTerminalRunState(state)).length,
  };
}

function findBehind(pipelines: readonly PipelineView[]): readonly BehindPipeline[] {
  return pipelines.flatMap(({ lastRuns }) => {
    const ended = lastRuns.filter(({ state }) => isTerminalRunState(state));
    const [run] = ended;
    if (!run || run.state === 'succeeded') return [];
    return [{ run, endedCount: ended.length, failedCount: ended.filter(({ state }) => state === 'failed').length }];
  });
}

const ONLY_RUN: Readonly<Record<RunState, string>> = {
  queued: 'The only run is queued',
  running: 'The only run is running',
  succeeded: 'The only run succeeded',
  failed: 'The only run failed',
  cancelled: 'The only run was cancelled',
};

function describeFailures(failedCount: number, recent: readonly RunSummary[], isMended: boolean): string {
  if (recent.length === 0) return 'No runs yet';
  const [only] = recent;
  if (only && recent.length === 1) return ONLY_RUN[only.state];
  const scope = `of the last ${recent.length} runs failed`;
  if (failedCount === 0) return `None ${scope}`;
  return isMended ? `All well now; ${failedCount} ${scope} before` : `${failedCount} ${scope}`;
}

function describeCompleteness(behindCount: number, pipelines: readonly PipelineView[]): string {
  const ended = pipelines.filter(({ lastRuns }) => lastRuns.some(({ state }) => isTerminalRunState(state))).length;
  if (ended === 0) return 'No pipeline has ended a run yet.';
  if (behindCount === 0) {
    return ended === 1
      ? "The pipeline's newest ended run succeeded; its data is in."
      : `The newest ended run of all ${ended} pipelines succeeded; their data is in.`;
  }
  return `Data is behind in ${formatCount(behindCount, 'pipeline')} of ${ended}: the newest ended run did not succeed.`;
}
