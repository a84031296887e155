import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ParameterValue } from './parameters.ts';
import { fillPlaceholders, listUnknownPlaceholders } from './placeholders.ts';

const run = { id: 'run-1', number: '41', logicalTime: '2026-11-25T05:00:00.000Z', logicalDate: '2026-11-25' };

describe('fillPlaceholders', () => {
  it.each<[string, Record<string, ParameterValue>, string]>([
    ['--day={{ parameters.day }}', { day: '2026-11-25' }, '--day=2026-11-25'],
    ['{{parameters.rows}}/{{  parameters.full  }}', { rows: 10, full: false }, '10/false'],
    ['{{ parameters.tables }}', { tables: ['a', 'b'] }, 'a,b'],
    ['{{ parameters.tables }}', { tables: [] }, ''],
    [
      '{{ run.id }} {{ run.number }} {{ run.logicalDate }} {{ run.logicalTime }}',
      {},
      Object.values({ a: run.id, b: run.number, c: run.logicalDate, d: run.logicalTime }).join(' '),
    ],
    [
      '{{ parameters.absent }} {{ run.unknown }} {{ other.x }}',
      {},
      '{{ parameters.absent }} {{ run.unknown }} {{ other.x }}',
    ],
    ['{{ parameters.constructor }} {{ run.toString }}', {}, '{{ parameters.constructor }} {{ run.toString }}'],
    ['{ { parameters.day } } {{ parameters.day', { day: 'x' }, '{ { parameters.day } } {{ parameters.day'],
    ['{{ parameters.a }}', { a: '{{ parameters.b }}', b: 'never' }, '{{ parameters.b }}'],
    ['{{ parameters.a }}', { a: "$& $1 $' $$" }, "$& $1 $' $$"],
  ])('%s', (text, parameters, filled) => {
    expect(fillPlaceholders(text, { parameters, run })).toBe(filled);
  });

  it('puts any text in as it is, between what stood around it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'binary' }), fc.string(), (before, value, after) => {
        fc.pre(!`${before}${after}`.includes('{') && !`${before}${after}`.includes('}'));
        const filled = fillPlaceholders(`${before}{{ parameters.v }}${after}`, { parameters: { v: value }, run });
        expect(filled).toBe(`${before}${value}${after}`);
      }),
    );
  });
});

describe('listUnknownPlaceholders', () => {
  it('names what nobody has, and nothing else', () => {
    const text = '{{ parameters.day }} {{ parameters.night }} {{ run.id }} {{ run.name }} {{ env.HOME }}';
    expect(listUnknownPlaceholders(text, ['day'])).toEqual(['parameters.night', 'run.name']);
    expect(listUnknownPlaceholders('{{ run.toString }}', [])).toEqual(['run.toString']);
  });

  it('a text without unknown ones is filled completely', () => {
    const names = ['a', 'b_2', 'Day'];
    const pieces = fc.oneof(
      fc.constantFrom(...names).map((name) => `{{ parameters.${name} }}`),
      fc.constantFrom('{{ run.id }}', '{{run.logicalDate}}'),
      fc.stringMatching(/^[a-z $%]*$/),
    );
    fc.assert(
      fc.property(
        fc.array(pieces).map((parts) => parts.join('')),
        (text) => {
          expect(listUnknownPlaceholders(text, names)).toEqual([]);
          const parameters = Object.fromEntries(names.map((name) => [name, name.toUpperCase()]));
          expect(fillPlaceholders(text, { parameters, run })).not.toContain('{{');
        },
      ),
    );
  });
});
