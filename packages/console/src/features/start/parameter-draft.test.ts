import { checkValue, type ParameterSchema, type ParameterSchemas, type ParameterValue } from '@towpath/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignProblems, draftParameters, listChanged, readForm } from './parameter-draft.ts';

const SCHEMAS: ParameterSchemas = {
  day: { type: 'string', format: 'date' },
  depth: { type: 'integer', default: 3, minimum: 1, maximum: 10 },
  isFull: { type: 'boolean', default: false },
  tables: { type: 'array', items: { type: 'string' }, default: ['a'] },
};

test('the form opens with the defaults, or with the values of an earlier run', () => {
  expect(draftParameters(SCHEMAS)).toEqual({ day: undefined, depth: '3', isFull: false, tables: 'a' });
  expect(draftParameters(SCHEMAS, { depth: 4, tables: ['b', 'c'] })).toMatchObject({ depth: '4', tables: 'b\nc' });
});

test('what is missing or does not fit is told per field', () => {
  expect(readForm(SCHEMAS, { day: '', depth: '11', isFull: false, tables: '' })).toEqual({
    values: { depth: 11, isFull: false, tables: [] },
    problems: { day: 'is required', depth: 'must be at most 10' },
  });
  expect(readForm(SCHEMAS, { day: '2026-02-30', depth: 'x' }).problems).toEqual({
    day: 'must be a day such as 2026-11-25',
    depth: 'must be a number, not string',
  });
});

test('a field left empty takes its default, so it is not sent', () => {
  expect(readForm(SCHEMAS, { day: '2026-11-25', depth: '', isFull: undefined }).values).toEqual({ day: '2026-11-25' });
});

test('a command names only what differs from the defaults', () => {
  const values = { day: '2026-11-25', depth: 3, isFull: true, tables: ['a'] };
  expect(listChanged(SCHEMAS, values)).toEqual({ day: '2026-11-25', isFull: true });
});

test("the server's sentences are put to their fields", () => {
  const cause = 'depth must be at most 2; day is required; depth must be a whole number; there is no parameter "x"';
  expect(assignProblems(SCHEMAS, cause)).toEqual({
    depth: 'must be at most 2; must be a whole number',
    day: 'is required',
  });
});

/** Values that the console's fields can hold: a text of one line that is not empty, lists of such texts. */
const line = fc
  .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
  .filter((text) => !/[\n\r\0]/.test(text) && text.isWellFormed());

const schemaAndValue: fc.Arbitrary<{ schema: ParameterSchema; value: ParameterValue }> = fc.oneof(
  line.map((value) => ({ schema: { type: 'string' } as const, value })),
  fc.integer().map((value) => ({ schema: { type: 'integer' } as const, value })),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((value) => ({ schema: { type: 'number' } as const, value: value + 0 })),
  fc.boolean().map((value) => ({ schema: { type: 'boolean' } as const, value })),
  fc
    .array(line, { minLength: 1 })
    .map((value) => ({ schema: { type: 'array', items: { type: 'string' } } as const, value })),
);

test('a valid value survives the form unchanged', () => {
  fc.assert(
    fc.property(schemaAndValue, ({ schema, value }) => {
      fc.pre(checkValue(schema, value).length === 0);
      const schemas = { it: schema };
      expect(readForm(schemas, draftParameters(schemas, { it: value }))).toEqual({
        values: { it: value },
        problems: {},
      });
    }),
  );
});
