// Imports point one way: core ← api ← (sdk, server, agent, console) ← cli; adapters of one seam don't know each other;
// core imports nothing from outside but what is as pure as it is; no cycles, type imports included.

import { dirname, join, normalize } from 'node:path/posix';
import { findCycles } from './find-cycles.ts';
import type { SourceFile } from './source-file.ts';

/** What each package may import of ours. A package that isn't here is refused, so that its place gets decided. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'packages/core': [],
  'packages/api': ['core'],
  'packages/tds': ['core'],
  'packages/config': ['core'],
  'packages/oci': ['core'],
  'packages/datakit': ['core', 'oci'],
  'packages/datakit-process': ['core'],
  'packages/evidence': ['core'],
  'packages/sdk': ['core', 'api'],
  'packages/server': ['core', 'api', 'evidence'],
  // The agent starts the sdk's code server and task runner as child processes.
  'packages/agent': ['core', 'api', 'sdk', 'config', 'oci', 'datakit'],
  'packages/console': ['core', 'api'],
  'packages/testkit': ['core', 'api'],
  'packages/cli': ['core', 'api', 'sdk', 'server', 'agent', 'tds', 'config', 'oci', 'datakit'],
  datakits: ['core', 'tds', 'datakit-process'],
};

/** Libraries for core: no I/O, no clock or random unless handed in. croner: next match of a cron expression; re2js: regular expressions. */
const PURE_LIBRARIES = ['croner', 're2js'];

/** Folders whose subfolders are implementations of one seam. */
const SEAMS = [
  'packages/agent/src/executors',
  'packages/agent/src/secrets',
  'packages/agent/src/code-sources',
  'packages/agent/src/notify',
  'packages/agent/src/targets',
  'packages/evidence/src/sources',
  'packages/server/src/deployers',
];

/** One line per import that breaks a rule, empty when all hold. */
export function checkImports(files: readonly SourceFile[]): string[] {
  const known = new Set(files.map((file) => file.path));
  const edges = new Map(files.map((file) => [file.path, listRelative(file).filter((path) => known.has(path))]));
  const cycles = findCycles(edges).map((cycle) => `cycle: ${cycle.join(' ↔ ')}`);
  return [...files.flatMap((file) => file.imports.flatMap((name) => checkImport(file, name))), ...cycles];
}

function checkImport(file: SourceFile, name: string): string[] {
  const owner = findOwner(file.path);
  if (owner === undefined) return [];
  const allowed = ALLOWED[owner.rule];
  if (allowed === undefined) return [`${file.path}: ${owner.rule} has no row in scripts/checks/check-imports.ts`];
  const problem = name.startsWith('.')
    ? checkRelative(file.path, owner.folder, resolve(file.path, name))
    : checkPackage(file, owner.rule, allowed, name);
  return problem === undefined ? [] : [`${file.path}: ${problem}`];
}

function checkRelative(from: string, folder: string, to: string): string | undefined {
  if (!to.startsWith(`${folder}/`)) return `imports ${to} by path; use the package's name`;
  const seam = SEAMS.find((root) => from.startsWith(`${root}/`) && to.startsWith(`${root}/`));
  if (seam === undefined) return undefined;
  const [own, other] = [from, to].map((path) => path.slice(seam.length + 1).split('/'));
  const areAdapters = own !== undefined && other !== undefined && own.length > 1 && other.length > 1;
  return areAdapters && own[0] !== other[0] ? `adapter ${own[0]} imports its sibling ${other[0]}` : undefined;
}

function checkPackage(file: SourceFile, rule: string, allowed: readonly string[], name: string): string | undefined {
  const ours = /^(?:@towpath\/([^/]+)|(towpath))(?:\/|$)/.exec(name);
  const target = ours?.[1] ?? (ours ? 'cli' : undefined);
  if (target === undefined) {
    const isForeign = rule === 'packages/core' && !file.isTest && !PURE_LIBRARIES.includes(name);
    return isForeign ? `core stands alone, but imports ${name}` : undefined;
  }
  // Besides tests, what serves only tests (harnesses, pictures of pages) may use the test kit.
  const servesTests = file.isTest || file.path.includes('/src/testing/');
  if (allowed.includes(target) || (servesTests && target === 'testkit') || rule === `packages/${target}`)
    return undefined;
  return `${rule} may import ${allowed.join(', ') || 'nothing of ours'}, not ${name}`;
}

/** The package a file belongs to; undefined for scripts, tests and examples, which may import anything. */
function findOwner(path: string): { readonly folder: string; readonly rule: string } | undefined {
  const [top, name] = path.split('/');
  if (top === 'packages' && name !== undefined) return { folder: `packages/${name}`, rule: `packages/${name}` };
  if (top === 'datakits' && name !== undefined) return { folder: `datakits/${name}`, rule: 'datakits' };
  return undefined;
}

function listRelative(file: SourceFile): string[] {
  return file.imports.filter((name) => name.startsWith('.')).map((name) => resolve(file.path, name));
}

function resolve(from: string, name: string): string {
  return normalize(join(dirname(from), name));
}
