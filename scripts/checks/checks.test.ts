import { expect, test } from 'vitest';
import { checkDocumented } from './check-documented.ts';
import { checkEscapes } from './check-escapes.ts';
import { checkImports } from './check-imports.ts';
import { checkShape } from './check-shape.ts';
import { parseSource, type SourceFile } from './source-file.ts';

const LIMITS = { functionLinesMedian: 100, functionLinesNinthDecile: 100 };

function files(sources: Readonly<Record<string, string>>): SourceFile[] {
  return Object.entries(sources).map(([path, text]) => parseSource(path, text));
}

test.each([
  ['core imports Node', 'packages/core/src/a.ts', `import 'node:fs';`, /core stands alone/],
  [
    'api imports the server',
    'packages/api/src/a.ts',
    `import type { A } from '@towpath/server';`,
    /not @towpath\/server/,
  ],
  ['a datakit imports the api', 'datakits/files/src/a.ts', `export * from '@towpath/api';`, /not @towpath\/api/],
  [
    'server imports testkit outside a test',
    'packages/server/src/a.ts',
    `import '@towpath/testkit';`,
    /not @towpath\/testkit/,
  ],
  ['a package is entered by path', 'packages/api/src/a.ts', `import '../../core/src/b.ts';`, /use the package's name/],
  [
    'an executor imports its sibling',
    'packages/agent/src/executors/docker/a.ts',
    `import '../process/b.ts';`,
    /sibling/,
  ],
  ['a package without a row', 'packages/newcomer/src/a.ts', `import 'pg';`, /no row/],
])('%s: refused', (_name, path, text, problem) => {
  expect(checkImports(files({ [path]: text }))).toEqual([expect.stringMatching(problem)]);
});

test('a cycle through a type import and a lazy import is found', () => {
  const sources = {
    'packages/api/src/a.ts': `import type { B } from './b.ts';`,
    'packages/api/src/b.ts': `export const load = () => import('./c.ts');`,
    'packages/api/src/c.ts': `export * from './a.ts';`,
    'packages/api/src/d.ts': `import './a.ts';`,
  };
  expect(checkImports(files(sources))).toEqual([
    'cycle: packages/api/src/a.ts ↔ packages/api/src/b.ts ↔ packages/api/src/c.ts',
  ]);
});

test('what the arrows allow passes', () => {
  const sources = {
    'packages/server/src/a.ts': `import { b } from './b.ts'; import '@towpath/core'; import pg from 'pg';`,
    'packages/server/src/b.ts': 'export const b = 1;',
    'packages/server/src/a.test.ts': `import '@towpath/testkit';`,
    'tests/morning.test.ts': `import 'towpath'; import '@towpath/server';`,
  };
  expect(checkImports(files(sources))).toEqual([]);
});

test('files, functions and nesting over their limits are named with their place', () => {
  const long = `function long() {\n${'  work();\n'.repeat(60)}}\n`;
  const deep = 'function deep() {\n if (a) { for (;;) { while (b) { try { c(); } finally { d(); } } } }\n}\n';
  const sources = {
    'packages/api/src/long.ts': long,
    'packages/api/src/deep.ts': deep,
    'packages/api/src/file.ts': '\n'.repeat(301),
    'packages/api/src/utils.ts': '// TODO later\n',
    'packages/api/src/exit.ts': 'process.exit(1);',
    'packages/cli/src/exit.ts': 'process.exit(1);',
  };
  expect(checkShape(files(sources), LIMITS)).toEqual([
    'packages/api/src/file.ts: 301 lines, the limit is 300',
    'packages/api/src/utils.ts: a name that says nothing',
    'packages/api/src/utils.ts:1: unfinished note without an issue number',
    'packages/api/src/long.ts:1: function of 62 lines, the limit is 60',
    'packages/api/src/deep.ts:1: nested 4 deep, the limit is 3',
    'packages/api/src/exit.ts:1: process.exit outside cli',
  ]);
});

test('else-if chains and callbacks do not count as nesting', () => {
  const text = 'function flat() {\n if (a) b(); else if (c) d(); else if (e) f(); else g();\n}\n';
  expect(checkShape(files({ 'packages/api/src/flat.ts': text }), LIMITS)).toEqual([]);
});

test('an exported function without a doc comment is named; overloads share one', () => {
  const text = [
    '/** Says. */',
    'export function over(a: string): void;',
    'export function over(a: number): void;',
    'export function over(): void {}',
    '// not a doc comment',
    'export const bare = () => 1;',
    'function inner(): void {}',
  ].join('\n');
  expect(checkDocumented(files({ 'packages/api/src/a.ts': text }))).toEqual([
    'packages/api/src/a.ts:6: exported function bare has no doc comment',
  ]);
});

test('any and suppressions are refused, casts are counted, `as const` is free', () => {
  const text =
    'const a: any = 1;\n// @ts-expect-error\nconst b = a as string;\nconst c = [1] as const;\nconst d = b!;\n';
  expect(checkEscapes(files({ 'packages/api/src/a.ts': text }), { castsPer1000Lines: 2 })).toEqual([
    'packages/api/src/a.ts:1: any',
    'packages/api/src/a.ts:2: compiler suppression',
    '2 casts and `!` in 4 lines: 500.0 per 1,000, over 2',
  ]);
});
