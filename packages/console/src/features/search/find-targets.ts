// What the palette finds: pages, pipelines and runs, by what was typed.

import type { LinkProps } from '@tanstack/react-router';
import type { PipelineView, RunSummary } from '@towpath/api';
import { STATE_LOOKS } from '../../states/state-looks.ts';

/** Something to go to. */
export interface Target {
  readonly key: string;
  readonly kind: 'Page' | 'Pipeline' | 'Run';
  readonly name: string;
  /** What tells it from others of its name. */
  readonly hint: string;
  readonly link: LinkProps;
}

const PAGES: readonly Target[] = (
  [
    ['Runs', 'what failed, is the data complete', { to: '/runs' }],
    ['Board', 'what runs where, what waits for what', { to: '/board' }],
    ['Pipelines', 'what exists', { to: '/pipelines' }],
    ['Schedules', 'what runs when next', { to: '/schedules' }],
    ['Releases', 'what is in it, where is it', { to: '/releases' }],
    ['Calendar', 'when may a release come in', { to: '/calendar' }],
    ['Datakits', 'which version is where', { to: '/datakits' }],
    ['Environment', 'agents, code locations, pools', { to: '/environment' }],
    ['Audit', 'who did what, when and why', { to: '/audit' }],
    ['Failed runs', 'the list, filtered', { to: '/runs', search: { state: 'failed' } }],
    ['Grid of runs and tasks', 'what fails again and again', { to: '/runs', search: { view: 'grid' } }],
  ] as const
).map(([name, hint, link]) => ({ key: `page ${name}`, kind: 'Page', name, hint, link }));

/** What can be found. */
export interface Searchable {
  readonly pipelines: readonly PipelineView[];
  /** The newest ones, and one that was found by its number. */
  readonly runs: readonly RunSummary[];
}

/** More than these nobody reads; one types on. */
const MOST_SHOWN = 12;

/** Targets whose name holds every typed word, whatever the case; names that begin with the text come first. */
export function findTargets(text: string, { pipelines, runs }: Searchable): readonly Target[] {
  const words = text
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const all = [...PAGES, ...pipelines.map(toPipelineTarget), ...runs.map(toRunTarget)];
  const matching = all.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
  const begins = ({ name }: Target): number => (name.toLowerCase().startsWith(words[0] ?? '') ? 0 : 1);
  return matching.toSorted((left, right) => begins(left) - begins(right)).slice(0, MOST_SHOWN);
}

/** The run number in a text: `41` or `#41`; undefined when there is none. */
export function readRunNumber(text: string): number | undefined {
  const [, digits] = /^\s*#?(\d{1,9})\s*$/.exec(text) ?? [];
  const number = Number(digits);
  return digits && number > 0 ? number : undefined;
}

function toPipelineTarget({ name, description, environment }: PipelineView): Target {
  return {
    key: `pipeline ${environment} ${name}`,
    kind: 'Pipeline',
    name,
    hint: description,
    link: { to: '/pipelines/$name', params: { name } },
  };
}

function toRunTarget({ id, name, state }: RunSummary): Target {
  return {
    key: `run ${id}`,
    kind: 'Run',
    name,
    hint: STATE_LOOKS[state].word.toLowerCase(),
    link: { to: '/runs/$runId', params: { runId: id } },
  };
}
