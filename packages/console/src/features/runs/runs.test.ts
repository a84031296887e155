import { describe, expect, test } from 'vitest';
import { planRefresh } from '../../client/plan-refresh.ts';
import { formatLogsCommand, formatRunCommand, quoteShell } from '../../format/format-command.ts';
import { summaryOf } from '../../testing/fixtures.ts';
import { emptyWorld, typicalWorld } from '../../testing/worlds.ts';
import { isRememberable } from '../session/remembered-page.ts';
import { answerRuns } from './answer-runs.ts';
import { mergeNewest } from './merge-newest.ts';
import { parseRunsSearch } from './runs-search.ts';

describe('the answer on top of the list', () => {
  test('tells failures, the pipelines whose data is behind, and what is active', () => {
    const { runs, pipelines } = typicalWorld();
    const answer = answerRuns(runs.slice(0, 20).map(summaryOf), pipelines);
    expect(answer.headline).toBe('1 of the last 20 runs failed');
    expect(answer.newestFailure?.number).toBe(41);
    expect(answer.behind.map(({ run, failedCount, endedCount }) => [run.number, failedCount, endedCount])).toEqual([
      [41, 1, 9],
    ]);
    expect(answer.completeness).toBe('Data is behind in 1 pipeline of 1: the newest ended run did not succeed.');
    expect(answer.activeCount).toBe(1);
  });

  test('says of failures that later runs mended that they are over', () => {
    const { runs, pipelines } = typicalWorld();
    const mended = pipelines.map((pipeline) => ({
      ...pipeline,
      lastRuns: pipeline.lastRuns.filter(({ state }) => state !== 'failed'),
    }));
    expect(answerRuns(runs.slice(0, 20).map(summaryOf), mended)).toMatchObject({
      tone: 'good',
      headline: 'All well now; 1 of the last 20 runs failed before',
      behind: [],
    });
  });

  test('is calm when nothing ever ran', () => {
    expect(answerRuns([], emptyWorld().pipelines)).toMatchObject({ tone: 'calm', headline: 'No runs yet', behind: [] });
  });
});

describe('joining the newest page to older ones', () => {
  const runs = typicalWorld().runs.map(summaryOf);
  const pages = [
    { runs: runs.slice(2, 12), next: 'a' },
    { runs: runs.slice(12, 22), next: 'b' },
  ];

  test('new runs come first, nothing is doubled or lost', () => {
    const merged = mergeNewest({ runs: runs.slice(0, 10), next: 'c' }, pages);
    expect(merged?.flatMap((page) => page.runs.map(({ number }) => number))).toEqual(
      runs.slice(0, 22).map(({ number }) => number),
    );
    expect(merged?.at(-1)?.next).toBe('b');
  });

  test('a run that left the filter goes', () => {
    const newest = { runs: runs.slice(2, 12).filter(({ number }) => number !== 38), next: 'c' };
    expect(
      mergeNewest(newest, pages)
        ?.flatMap((page) => page.runs)
        .some(({ number }) => number === 38),
    ).toBe(false);
  });

  test('pages that do not touch are no answer', () => {
    expect(
      mergeNewest({ runs: runs.slice(0, 2), next: 'c' }, [{ runs: runs.slice(20, 30), next: null }]),
    ).toBeUndefined();
  });
});

test('an event makes old what it touches, each once', () => {
  const runId = '01930000-0000-7000-8000-000000000001';
  const events = [
    { kind: 'run.changed', runId },
    { kind: 'attempt.changed', runId },
    { kind: 'log.appended', runId },
  ] as const;
  expect(planRefresh(events)).toEqual([
    ...[['runs'], ['datakits'], ['pipelines'], ['schedules'], ['pools'], ['audit'], ['board']],
    ['promotions', 'one'],
    ['run', runId],
  ]);
  const ofAgents = [['environments'], ['datakits'], ['audit'], ['board']];
  expect(planRefresh([{ kind: 'agent.changed', runId: null }])).toEqual(ofAgents);
  expect(planRefresh([{ kind: 'environment.changed', runId: null }])).toEqual([...ofAgents, ['promotions']]);
  expect(planRefresh([{ kind: 'schedule.changed', runId: null }])).toEqual([['schedules'], ['audit']]);
});

test('the URL keeps what it knows and drops the rest', () => {
  expect(parseRunsSearch({ state: 'failed', pipeline: 'a', other: 1 })).toEqual({ state: 'failed', pipeline: 'a' });
  expect(parseRunsSearch({ state: 'exploded', pipeline: '' })).toEqual({});
});

test('a page is remembered only when it is one of ours', () => {
  expect(['/runs', '/runs/1?task=a'].every(isRememberable)).toBe(true);
  expect(['//evil.example', 'https://evil.example', '/open#x', '/'].some(isRememberable)).toBe(false);
});

test('a command quotes what a shell could read as more, and names the environment among several', () => {
  const only = { environment: 'local', isOnlyEnvironment: true };
  expect(formatRunCommand('sqlserver-bronze', only)).toBe('npx towpath run sqlserver-bronze');
  expect(formatLogsCommand(41, 'a b', { environment: 'prod', isOnlyEnvironment: false })).toBe(
    "npx towpath logs -f 41 --task 'a b' --environment prod",
  );
  expect(quoteShell("'; rm -rf / #")).toBe(`''\\''; rm -rf / #'`);
});
