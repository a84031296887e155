import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TowpathError } from '../errors/towpath-error.ts';
import {
  checkParameterSchemas,
  checkValue,
  MAX_PARAMETERS_CHARACTERS,
  type ParameterSchema,
  type ParameterSchemas,
  resolveParameters,
} from './parameters.ts';

const SCHEMAS: ParameterSchemas = {
  day: { type: 'string', format: 'date' },
  mode: { type: 'string', enum: ['full', 'delta'], default: 'delta' },
  rows: { type: 'integer', minimum: 1, maximum: 100, default: 10 },
  tables: { type: 'array', items: { type: 'string' }, minItems: 1, default: ['a'] },
  dry: { type: 'boolean', default: false },
};

function refusal(schemas: ParameterSchemas, given: Record<string, unknown>): TowpathError {
  try {
    resolveParameters(schemas, given);
  } catch (thrown) {
    if (thrown instanceof TowpathError) return thrown;
    throw thrown;
  }
  throw new Error('it was not refused');
}

describe('resolveParameters', () => {
  it('takes what was given, else the default', () => {
    expect(resolveParameters(SCHEMAS, { day: '2026-11-25', rows: 7 })).toEqual({
      day: '2026-11-25',
      mode: 'delta',
      rows: 7,
      tables: ['a'],
      dry: false,
    });
  });

  it('names every problem at once', () => {
    const { code, reason, fix } = refusal(SCHEMAS, { mode: 'all', rows: 0, tables: [], dry: 'yes', extra: 1 });
    expect(code).toBe('PARAMETERS_INVALID');
    for (const word of [
      'day is required',
      'mode must be one of',
      'rows must be at least 1',
      'tables must have',
      'dry must be',
      '"extra"',
    ])
      expect(reason).toContain(word);
    expect(fix).toContain('day, mode, rows, tables, dry');
  });

  it.each(['toString', '__proto__', 'constructor'])('%s is no parameter unless it is declared', (name) => {
    const given: Record<string, unknown> = JSON.parse(`{ "${name}": "x" }`);
    expect(refusal({}, given)).toMatchObject({ code: 'PARAMETERS_INVALID' });
    expect(refusal({ a: { type: 'string' } }, given).reason).toContain('a is required');
  });

  it('refuses values that are too much together', () => {
    const schemas = { a: { type: 'string' }, b: { type: 'string' } } as const;
    const half = 'x'.repeat(MAX_PARAMETERS_CHARACTERS / 2);
    expect(resolveParameters(schemas, { a: half, b: '' })).toEqual({ a: half, b: '' });
    expect(refusal(schemas, { a: half, b: half }).reason).toContain('together');
  });
});

describe('checkValue', () => {
  it.each<[ParameterSchema, unknown, boolean]>([
    [{ type: 'string' }, '', true],
    [{ type: 'string' }, 1, false],
    [{ type: 'string' }, null, false],
    [{ type: 'string' }, 'a\0b', false],
    [{ type: 'string' }, '\uD800', false],
    [{ type: 'string', minLength: 2, maxLength: 3 }, 'ab', true],
    [{ type: 'string', minLength: 2, maxLength: 3 }, 'a', false],
    [{ type: 'string', minLength: 2, maxLength: 3 }, 'abcd', false],
    [{ type: 'string', format: 'date' }, '2026-02-29', false],
    [{ type: 'string', format: 'date-time' }, '2026-02-28T00:00:00Z', true],
    [{ type: 'integer' }, 1.5, false],
    [{ type: 'integer' }, 2 ** 53, false],
    [{ type: 'integer' }, '1', false],
    [{ type: 'number' }, 1.5, true],
    [{ type: 'number' }, Number.NaN, false],
    [{ type: 'number' }, Number.POSITIVE_INFINITY, false],
    [{ type: 'number', minimum: 0, maximum: 1 }, 1.01, false],
    [{ type: 'boolean' }, 0, false],
    [{ type: 'array', items: { type: 'string', enum: ['a'] } }, ['a', 'a'], true],
    [{ type: 'array', items: { type: 'string', enum: ['a'] } }, ['b'], false],
    [{ type: 'array', items: { type: 'string' }, maxItems: 1 }, ['a', 'b'], false],
    [{ type: 'array', items: { type: 'string' } }, { length: 0 }, false],
  ])('%j takes %j: %s', (schema, value, isTaken) => {
    expect(checkValue(schema, value).length === 0).toBe(isTaken);
  });
});

const schemaWithValue: fc.Arbitrary<{ schema: ParameterSchema; value: string | number | boolean | string[] }> =
  fc.oneof(
    fc.string().map((value) => ({ schema: { type: 'string' as const, maxLength: 100 }, value })),
    fc
      .uniqueArray(fc.string(), { minLength: 1 })
      .chain((words) =>
        fc.constantFrom(...words).map((value) => ({ schema: { type: 'string' as const, enum: words }, value })),
      ),
    fc.maxSafeInteger().map((value) => ({ schema: { type: 'integer' as const, minimum: value }, value })),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((value) => ({ schema: { type: 'number' as const, maximum: value }, value })),
    fc.boolean().map((value) => ({ schema: { type: 'boolean' as const }, value })),
    fc
      .array(fc.string())
      .map((value) => ({ schema: { type: 'array' as const, items: { type: 'string' as const } }, value })),
  );

describe('whatever fits its schema', () => {
  it('comes out as it went in, given or as default', () => {
    const declared = fc.dictionary(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/), schemaWithValue, { maxKeys: 6 });
    fc.assert(
      fc.property(declared, (entries) => {
        // Text of a parameter must be storable: no NUL, no lone surrogate.
        fc.pre(!JSON.stringify(entries).includes('\\u0000') && !/\\ud[89a-f]/i.test(JSON.stringify(entries)));
        const names = Object.entries(entries);
        const values = Object.fromEntries(names.map(([name, { value }]) => [name, value]));
        const schemas = Object.fromEntries(names.map(([name, { schema }]) => [name, schema]));
        expect(resolveParameters(schemas, values)).toEqual(values);
        const withDefaults = Object.fromEntries(
          // The default has the type of its schema: both were made together.
          names.map(([name, { schema, value }]) => [name, { ...schema, default: value } as ParameterSchema]),
        );
        expect(checkParameterSchemas(withDefaults)).toEqual([]);
        expect(resolveParameters(withDefaults, {})).toEqual(values);
      }),
    );
  });
});

describe('checkParameterSchemas', () => {
  it('refuses names that do not travel and defaults that do not fit', () => {
    const problems = checkParameterSchemas({
      'a-b': { type: 'string' },
      '1st': { type: 'boolean' },
      ok: { type: 'integer', maximum: 3, default: 4 },
      fine: { type: 'integer', maximum: 3, default: 3 },
    });
    expect(problems).toHaveLength(3);
    expect(problems[2]).toContain('default of ok');
  });

  it.each<[unknown, string]>([
    [{ type: 'array', default: ['a'] }, "needs items: { type: 'string' }"],
    [{ type: 'array', items: { type: 'integer' }, default: [1] }, "needs items: { type: 'string' }"],
    [{ type: 'bolean' }, 'has the type "bolean"; there are string, integer, number, boolean, array'],
    [{ type: 'toString' }, 'has the type "toString"'],
    [{ type: 'string', formt: 'date' }, 'has no option "formt"; string has type, description'],
    ['string', 'has the type undefined'],
    [null, 'has the type undefined'],
  ])('refuses the declaration %j', (schema, why) => {
    // What an author writes is not type-checked.
    const problems = checkParameterSchemas({ x: schema as ParameterSchema });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`x ${why}`);
  });
});
