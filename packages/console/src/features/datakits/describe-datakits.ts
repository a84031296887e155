// The inventory in words. What is wrong was decided by core, on the server; here it is only counted and said.
import type { DatakitCell, DatakitView, InventoryAlertView } from '@towpath/api';
import { INVENTORY_ALERTS } from '@towpath/core';
import { formatCount } from '../../format/format-count.ts';
import { formatElapsed } from '../../format/format-instant.ts';
import type { AnyState } from '../../states/state-looks.ts';

/** `drift`, `missing`, `incompatible`. */
export type AlertWord = (typeof INVENTORY_ALERTS)[keyof typeof INVENTORY_ALERTS]['word'];

/** Agents report every ten minutes; who missed two of them has something else to say, or nothing. */
const STALE_MS = 25 * 60_000;

/** The page's answer: that all is well, or how many datakits need a look and for what; and whose report is old. */
export function describeDatakits(
  datakits: readonly DatakitView[],
  nowMs: number,
): { readonly words: string; readonly isGood: boolean } {
  const count = formatCount(datakits.length, 'datakit');
  const cells = datakits.flatMap(({ environments }) => environments);
  const unknown = cells.filter(isUnknown).length;
  const wrong = [...countWords(cells)].map(([word, found]) => `${found} ${word}`);
  if (unknown > 0) wrong.push(`${unknown} not known`);
  const stale = describeStale(datakits[0]?.environments ?? [], nowMs);
  if (wrong.length === 0) return { words: `${count}, nothing drifts, all can run${stale}`, isGood: true };
  const alarmed = datakits.filter(({ environments }) => environments.some(needsLook)).length;
  const need = `${alarmed} of ${count} ${alarmed === 1 ? 'needs' : 'need'} a look`;
  return { words: `${need}: ${wrong.join(', ')}${stale}`, isGood: false };
}

/** A report is about all datakits of its environment. */
function describeStale(columns: readonly DatakitCell[], nowMs: number): string {
  const names = columns.filter((cell) => findStaleAge(cell, nowMs)).map(({ environment }) => environment);
  return names.length === 0 ? '' : `; the report of ${names.join(', ')} is stale`;
}

function needsLook(cell: DatakitCell): boolean {
  return cell.alerts.length > 0 || isUnknown(cell);
}

/** A laptop does without a registry: images of its engine will do. */
function isUnknown({ kind, error }: DatakitCell): boolean {
  return error !== null && kind !== 'local';
}

/** Cells per word, the worst word first. */
function countWords(cells: readonly DatakitCell[]): ReadonlyMap<AlertWord, number> {
  const counts = new Map<AlertWord, number>();
  for (const word of ['incompatible', 'missing', 'drift'] as const) {
    const found = cells.filter(({ alerts }) => listAlertWords(alerts).includes(word)).length;
    if (found > 0) counts.set(word, found);
  }
  return counts;
}

/** Each word once. */
export function listAlertWords(alerts: readonly InventoryAlertView[]): readonly AlertWord[] {
  return [...new Set(alerts.map(({ code }) => INVENTORY_ALERTS[code].word))];
}

/** The shape that a word wears. */
export function stateOfWord(word: AlertWord): AnyState {
  return word === 'drift' ? 'uncertain' : 'failed';
}

/** What stands where there is no version. */
export function describeAbsence({ observed, named, error }: DatakitCell): string {
  if (error !== null) return 'not known';
  if (observed === null) return 'no report';
  return named.length === 0 ? 'not used here' : 'none';
}

/** Versions that pipelines name, where that is not just the newest. */
export function describeNamed({ named, newest }: DatakitCell): string | undefined {
  if (named.length === 0 || (named.length === 1 && named[0] === newest?.version)) return undefined;
  return `Pipelines name ${named.join(', ')}`;
}

/** Of the agent that has reported: where it looked, and which Towpath it is. */
export function describeSource({ observed }: DatakitCell): string {
  if (observed === null) return 'No agent has reported yet';
  const where = observed.source === 'registry' ? 'registry' : 'folders of the agent';
  return `${where}, Towpath ${observed.platformVersion}`;
}

/** How old a report is that should have been replaced; undefined: it is fresh, or there is none. */
export function findStaleAge({ observed }: DatakitCell, nowMs: number): string | undefined {
  if (observed === null || nowMs - Date.parse(observed.at) < STALE_MS) return undefined;
  return formatElapsed(observed.at, nowMs);
}
