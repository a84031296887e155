// A84: models that differ between two releases, and everything downstream of them.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareReleases } from './compare-releases.ts';
import { findDbtImpact } from './dbt-impact.ts';
import { buildBill } from './testing/build-bill.ts';

/** Models as `name: [checksum, ...what it reads]`. */
const bill = (models: Readonly<Record<string, readonly [string, ...string[]]>>) =>
  buildBill(
    {},
    {
      dbt: {
        project: 'shop',
        models: Object.entries(models).map(([name, [checksum, ...dependsOn]]) => ({ name, checksum, dependsOn })),
      },
    },
  );

const NEW = bill({ raw: ['1'], orders: ['2', 'raw'], daily: ['1', 'orders'], prices: ['1'], fees: ['1', 'orders'] });
const OLD = bill({ raw: ['1'], orders: ['1', 'raw'], daily: ['1', 'orders'], prices: ['1'], gone: ['1', 'daily'] });

test('what the way back touches: models that are others, and what reads them', () => {
  expect(findDbtImpact(NEW, OLD)).toEqual([
    { name: 'daily', how: 'downstream', because: ['orders'] },
    { name: 'fees', how: 'removed', because: ['orders'] },
    { name: 'gone', how: 'added', because: ['orders'] },
    { name: 'orders', how: 'changed', because: [] },
  ]);
  expect(findDbtImpact(OLD, OLD)).toEqual([]);
  expect(findDbtImpact(buildBill({}), buildBill({}))).toEqual([]);
});

test('a comparison of releases names the models', () => {
  expect(compareReleases(OLD, NEW)).toEqual([
    { kind: 'model', name: 'fees', before: null, after: '1' },
    { kind: 'model', name: 'gone', before: '1', after: null },
    { kind: 'model', name: 'orders', before: '1', after: '2' },
  ]);
});

test('whatever reads something that is touched is touched', () => {
  const arbModels = fc.array(
    fc.record({ checksum: fc.constantFrom('1', '2'), reads: fc.array(fc.nat(7), { maxLength: 3 }) }),
    {
      maxLength: 8,
    },
  );
  // A model reads earlier ones only, as a graph without cycles has it.
  const toBill = (models: readonly { readonly checksum: string; readonly reads: readonly number[] }[]) =>
    bill(
      Object.fromEntries(
        models.map(({ checksum, reads }, at) => [
          `m${at}`,
          [checksum, ...reads.filter((one) => one < at).map((one) => `m${one}`)] as const,
        ]),
      ),
    );
  fc.assert(
    fc.property(arbModels, arbModels, (one, other) => {
      const [from, to] = [toBill(one), toBill(other)];
      const touched = new Set(findDbtImpact(from, to).map(({ name }) => name));
      for (const { name, dependsOn } of to.dbt?.models ?? [])
        if (dependsOn.some((upstream) => touched.has(upstream))) expect(touched).toContain(name);
    }),
  );
});
