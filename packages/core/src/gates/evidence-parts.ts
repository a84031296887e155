// What evidence is made of when people read it: facts with a term, each of some lines, each of parts that a page may link, copy or
// count the time to. Any JSON can be read so; who knows a gate says it better, see describe-evidence.ts.
import type { JsonValue } from '../graph/canonical-json.ts';

/** A piece of a line. */
export type EvidencePart =
  | { readonly kind: 'text'; readonly text: string }
  /** ISO 8601 in UTC. */
  | { readonly kind: 'instant'; readonly at: string }
  | { readonly kind: 'link'; readonly href: string }
  | { readonly kind: 'id'; readonly id: string; readonly of: 'run' | 'release' | 'hash' | 'other' };

export type EvidenceLine = readonly EvidencePart[];

/** What something is called, and what is known of it. */
export interface EvidenceFact {
  readonly term: string;
  readonly lines: readonly EvidenceLine[];
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const HASH = /^[0-9a-f]{64}$/;
/** What people and outside services wrote, whatever it looks like; a link stays one, since many a plan is. */
const WRITTEN = new Set(['note', 'reason', 'plan', 'by', 'title', 'state', 'message', 'person', 'people']);
/** More of a list nobody reads; the API has the whole. */
const MOST_LINES = 20;

/** Words as a part. */
export function text(words: string): EvidencePart {
  return { kind: 'text', text: words };
}

/** Any value as lines: one for each item of a list, and for each member of an object, whose names stay as they are. */
export function toLines(key: string, value: JsonValue): readonly EvidenceLine[] {
  if (isList(value)) return cut(value.map((item) => toLine(key, item)));
  if (isRecord(value))
    return cut(Object.entries(value).map(([name, member]) => [text(`${name}: `), ...toLine(name, member)]));
  return [toLine(key, value)];
}

/** Lines, as many as people read. */
export function cut(lines: readonly EvidenceLine[]): readonly EvidenceLine[] {
  if (lines.length === 0) return [[text('none')]];
  const more = lines.length - MOST_LINES;
  return more > 0 ? [...lines.slice(0, MOST_LINES), [text(`and ${more} more`)]] : lines;
}

/** Any value as one line; what is null in it was not there, and is left out. */
export function toLine(key: string, value: JsonValue): EvidenceLine {
  if (isList(value)) return join(value.map((item) => toLine(key, item)));
  if (!isRecord(value)) return [toPart(key, value)];
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return join(members.map(([name, member]) => [text(`${toWords(name)}: `), ...toLine(name, member)]));
}

/** Lines as one, with commas between. */
export function join(lines: readonly EvidenceLine[]): EvidenceLine {
  return lines.flatMap((line, index) => (index === 0 ? line : [text(', '), ...line]));
}

/** `soakHours` as `soak hours`. */
export function toWords(key: string): string {
  return key.replaceAll(/[A-Z]|[-_]./g, (found) => ` ${found.at(-1)?.toLowerCase()}`).trim();
}

/** True for an object of JSON. */
export function isRecord(value: JsonValue | undefined): value is Readonly<Record<string, JsonValue>> {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** True for a list of JSON. */
export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function toPart(key: string, value: null | boolean | number | string): EvidencePart {
  if (value === null) return text('none');
  if (typeof value === 'boolean') return text(value ? 'yes' : 'no');
  return typeof value === 'number' ? text(String(value)) : readText(key, value);
}

function readText(key: string, value: string): EvidencePart {
  if (/^https?:\/\//.test(value)) return { kind: 'link', href: value };
  if (WRITTEN.has(key)) return text(value);
  if (isInstant(value)) return { kind: 'instant', at: value };
  if (UUID.test(value)) return { kind: 'id', id: value, of: /runs?(?:ids?)?$/i.test(key) ? 'run' : 'other' };
  if (HASH.test(value)) return { kind: 'id', id: value, of: /release(?:id)?s?$/i.test(key) ? 'release' : 'hash' };
  return text(value);
}

// Digits in the right places may be no moment, and nobody could say how far that is.
function isInstant(value: string): boolean {
  return INSTANT.test(value) && !Number.isNaN(Date.parse(value));
}
