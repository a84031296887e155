import { expect, test } from 'vitest';
import { boundsOf, parseAuditSearch } from './audit-search.ts';

const NOW_MS = Date.parse('2026-03-02T12:00:00Z');

test('what is no day or no word is left out of a search', () => {
  const odd = { from: '2026-13-01', until: 'x', text: {}, actor: '', days: 5 };
  expect(parseAuditSearch(odd)).toEqual({});
  const good = { from: '2026-03-01', until: '2026-03-02', text: 'orders', days: 7 };
  expect(parseAuditSearch(good)).toEqual(good);
});

test('days are whole ones of the clock here, the last one included', () => {
  const { since, until } = boundsOf({ from: '2026-03-01', until: '2026-03-02', days: 90 }, NOW_MS);
  expect(since).toBe(new Date('2026-03-01T00:00:00').toISOString());
  expect(until).toBe(new Date('2026-03-03T00:00:00').toISOString());
  expect(boundsOf({ days: 1 }, NOW_MS)).toEqual({ since: '2026-03-01T12:00:00.000Z' });
  expect(boundsOf({}, NOW_MS)).toEqual({});
});
