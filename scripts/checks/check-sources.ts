// The checks that read the syntax tree, on one parse of the repository.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { checkDocumented } from './check-documented.ts';
import { checkEscapes } from './check-escapes.ts';
import { checkImports } from './check-imports.ts';
import { checkShape, type ShapeLimits } from './check-shape.ts';
import { readSourceFiles, type SourceFile } from './source-file.ts';

type Limits = ShapeLimits & { readonly castsPer1000Lines: number };

const LIMITS_FILE = 'scripts/limits.json';

const CHECKS: Readonly<Record<string, (files: readonly SourceFile[], limits: Limits) => string[]>> = {
  imports: checkImports,
  shape: checkShape,
  documented: checkDocumented,
  escapes: checkEscapes,
  ratchet: (_files, limits) => checkRatchet(limits),
};

/** Limits only go down: a value above the one in the commit before is refused. */
function checkRatchet(limits: Limits): string[] {
  const before = readLimitsAt('HEAD~1');
  return Object.entries(limits).flatMap(([name, value]) => {
    const earlier = before?.[name];
    return earlier !== undefined && value > earlier ? [`${LIMITS_FILE}: ${name} rose from ${earlier} to ${value}`] : [];
  });
}

function readLimitsAt(revision: string): Readonly<Record<string, number>> | undefined {
  try {
    return JSON.parse(execFileSync('git', ['show', `${revision}:${LIMITS_FILE}`], { encoding: 'utf8', stdio: 'pipe' }));
  } catch {
    // A shallow clone, or the commit that brings the file: nothing to compare with.
    return undefined;
  }
}

function main(): void {
  const limits: Limits = JSON.parse(readFileSync(LIMITS_FILE, 'utf8'));
  const files = readSourceFiles();
  for (const [name, check] of Object.entries(CHECKS)) {
    const problems = check(files, limits);
    if (problems.length === 0) continue;
    process.exitCode = 1;
    console.error(`${name}: ${problems.length} problem(s)\n${problems.map((line) => `  ${line}`).join('\n')}`);
  }
}

main();
