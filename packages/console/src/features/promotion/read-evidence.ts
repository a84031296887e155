// What a gate was judged by, as people read it. Gates come and go: nothing here knows one of them.
import { capitalize } from '../../format/capitalize.ts';

/** A value, by how it is drawn. */
export type Evidence =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'instant'; readonly at: string }
  | { readonly kind: 'link'; readonly href: string }
  | { readonly kind: 'run'; readonly id: string }
  | { readonly kind: 'release'; readonly id: string }
  | { readonly kind: 'list'; readonly items: readonly Evidence[]; readonly cutOff: number }
  | { readonly kind: 'fields'; readonly fields: readonly EvidenceField[] };

export interface EvidenceField {
  readonly label: string;
  readonly value: Evidence;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const RELEASE = /^[0-9a-f]{64}$/;
/** More of a list nobody reads; the API has the whole. */
const MOST_ITEMS = 20;

/** The fields of a piece of evidence; what is null was not there, and is left out. */
export function readEvidence(evidence: Readonly<Record<string, Json>>): readonly EvidenceField[] {
  return Object.entries(evidence).flatMap(([key, value]) =>
    value === null ? [] : [{ label: toLabel(key), value: readValue(key, value) }],
  );
}

/** `soakHours` as `Soak hours`. */
function toLabel(key: string): string {
  const words = key.replaceAll(/[A-Z]|[-_]./g, (found) => ` ${found.at(-1)?.toLowerCase()}`).trim();
  return capitalize(words);
}

function readValue(key: string, value: Json): Evidence {
  if (typeof value === 'string') return readText(key, value);
  if (isList(value)) {
    const items = value.slice(0, MOST_ITEMS).map((item) => readValue(key, item));
    return { kind: 'list', items, cutOff: Math.max(0, value.length - MOST_ITEMS) };
  }
  if (typeof value === 'object' && value !== null) {
    // Keys in here are names as often as words: they stay as they are.
    return {
      kind: 'fields',
      fields: Object.entries(value).map(([label, one]) => ({ label, value: readValue(label, one) })),
    };
  }
  if (value === null) return { kind: 'text', text: 'none' };
  return { kind: 'text', text: typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value) };
}

function readText(key: string, text: string): Evidence {
  if (INSTANT.test(text)) return { kind: 'instant', at: text };
  if (/^https?:\/\//.test(text)) return { kind: 'link', href: text };
  if (/run(?:Id)?s?$/i.test(key) && UUID.test(text)) return { kind: 'run', id: text };
  if (/release(?:Id)?s?$/i.test(key) && RELEASE.test(text)) return { kind: 'release', id: text };
  return { kind: 'text', text };
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
