// The real parts tests need and a machine may lack. Absent on a laptop: the test is skipped and says why. In CI
// (CI=true) every part is required: absent is red, because a skipped test proves nothing.

import { execFileSync } from 'node:child_process';
import { TowpathError } from '@towpath/core';

export type PartName = 'chromium' | 'psql' | 'tsql' | 'pymssql' | 'dotenv' | 'moto' | 'dbt' | 'script' | 'terraform';

export type Part =
  | { readonly available: true; readonly path: string }
  | { readonly available: false; readonly reason: string };

/** The `context` of a vitest test, as far as it is used here. */
interface Skippable {
  skip(note?: string): never;
}

interface PartFacts {
  /** Programs that will do, the first found is taken. An environment variable of this name wins: TOWPATH_TEST_CHROMIUM. */
  readonly programs: readonly string[];
  /** Arguments that end with exit code 0 where the part works. */
  readonly probe: readonly string[];
  readonly fix: string;
}

const PARTS: Readonly<Record<PartName, PartFacts>> = {
  chromium: {
    programs: [
      'chromium',
      'chromium-browser',
      'google-chrome',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
    probe: ['--version'],
    fix: 'apt install chromium',
  },
  psql: { programs: ['psql'], probe: ['--version'], fix: 'apt install postgresql-client' },
  terraform: { programs: ['terraform'], probe: ['version'], fix: 'install Terraform 1.4 or later (terraform_data)' },
  // That of util-linux; others have no options of these names.
  script: { programs: ['script'], probe: ['--version'], fix: 'apt install bsdutils' },
  tsql: { programs: ['tsql'], probe: ['-C'], fix: 'apt install freetds-bin' },
  pymssql: {
    programs: ['python3'],
    probe: ['-c', 'import pymssql'],
    fix: 'pip install pymssql, and set TOWPATH_TEST_PYMSSQL to that python',
  },
  dotenv: {
    programs: ['python3'],
    probe: ['-c', 'import dotenv'],
    fix: 'pip install python-dotenv, and set TOWPATH_TEST_DOTENV to that python',
  },
  moto: {
    programs: ['python3'],
    probe: ['-c', 'import moto.server'],
    fix: 'pip install moto flask flask-cors, and set TOWPATH_TEST_MOTO to that python',
  },
  dbt: {
    programs: ['python3'],
    probe: ['-c', 'import dbt.cli.main, dbt.adapters.postgres'],
    fix: 'pip install dbt-core dbt-postgres as .ci/run does, and set TOWPATH_TEST_DBT to that python',
  },
};

/** A browser's first start on a cold disk takes seconds; a part that hangs is as good as absent. */
const PROBE_TIMEOUT_MS = 20_000;

/**
 * Finds a part. Given the test's `context`, an absent one skips that test with the reason as its note, so that a caller
 * sees available ones only. With CI=true an absent one throws `TEST_PART_MISSING` instead.
 */
export function requirePart(name: PartName): Part;
export function requirePart(name: PartName, context: Skippable): Extract<Part, { available: true }>;
export function requirePart(name: PartName, context?: Skippable): Part {
  const part = findPart(name);
  if (part.available) return part;
  if (process.env.CI === 'true') throw partMissing(name, part.reason);
  return context ? context.skip(part.reason) : part;
}

function findPart(name: PartName): Part {
  const { programs, probe, fix } = PARTS[name];
  const chosen = process.env[`TOWPATH_TEST_${name.toUpperCase()}`];
  const path = (chosen ? [chosen] : programs).find((program) => answers(program, probe));
  return path ? { available: true, path } : { available: false, reason: `${name} is absent (${fix})` };
}

function answers(program: string, probe: readonly string[]): boolean {
  try {
    execFileSync(program, probe, { stdio: 'ignore', timeout: PROBE_TIMEOUT_MS });
    return true;
  } catch {
    return false;
  }
}

function partMissing(name: PartName, reason: string): TowpathError {
  return new TowpathError({
    code: 'TEST_PART_MISSING',
    message: `This test needs ${name}, and CI=true requires every real part.`,
    cause: reason,
    fix: PARTS[name].fix,
  });
}
