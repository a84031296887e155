import { expect, test } from 'vitest';
import { summaryOf } from '../../testing/fixtures.ts';
import { typicalWorld } from '../../testing/worlds.ts';
import { findTargets, readRunNumber } from './find-targets.ts';

const { pipelines, runs } = typicalWorld();
const searchable = { pipelines, runs: runs.slice(0, 20).map(summaryOf) };
const names = (text: string) => findTargets(text, searchable).map(({ name }) => name);

test('pages, pipelines and runs are found by every word of what was typed', () => {
  expect(names('')[0]).toBe('Runs');
  expect(names('PIPE')).toEqual(['Pipelines']);
  expect(names('bronze sql')[0]).toBe('sqlserver-bronze');
  expect(names('#41')).toEqual(['sqlserver-bronze-local #41']);
  expect(names('nothing of that')).toEqual([]);
});

test('a run number is read with and without its sign', () => {
  expect(['41', ' #41 ', '#', '0', '41a', '#1234567890'].map(readRunNumber)).toEqual([
    41,
    41,
    ...Array(4).fill(undefined),
  ]);
});
