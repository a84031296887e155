// `make acceptance`: acceptance statement → its tests → their result in the last `make test`. A test names its
// statements at the beginning of its title: `A27 …` or `A30 A94 …`.

import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { findTestReport, type TestResult } from './test-report.ts';

/** The statements are kept outside the repository; without the list the numbers alone are printed. */
const STATEMENTS_FILE = process.env.TOWPATH_ACCEPTANCE ?? '../shared/requirements/acceptance.md';

/** Rows of a statement table: `| 27 | text | priority | …`. */
function readStatements(): Map<number, string> {
  let text = '';
  try {
    text = readFileSync(STATEMENTS_FILE, 'utf8');
  } catch {
    console.log(`(no list of statements at ${STATEMENTS_FILE}: numbers only; TOWPATH_ACCEPTANCE names another)`);
  }
  const rows = [...text.matchAll(/^\| (\d+) \| (.+?) \| \d /gm)];
  return new Map(rows.map(([, number, statement]) => [Number(number), statement ?? '']));
}

function listNumbers(title: string): number[] {
  const names = /^(?:A\d{1,3}[,\s]+)+/.exec(`${title} `)?.[0] ?? '';
  return [...names.matchAll(/\d+/g)].map(([digits]) => Number(digits));
}

function groupByStatement(tests: readonly TestResult[]): Map<number, TestResult[]> {
  const groups = new Map<number, TestResult[]>();
  for (const test of tests) {
    for (const number of listNumbers(test.title)) groups.set(number, [...(groups.get(number) ?? []), test]);
  }
  return groups;
}

function main(): void {
  const report = findTestReport();
  if (!report) {
    console.error('error ACCEPTANCE_RESULTS_MISSING: No test run has left its results.\n  fix: make test');
    process.exitCode = 1;
    return;
  }
  const statements = readStatements();
  const shown = groupByStatement(report.tests);
  for (const [number, tests] of [...shown].sort(([a], [b]) => a - b)) {
    console.log(`A${number} ${statements.get(number) ?? ''}`.trimEnd());
    for (const test of tests) console.log(`  ${test.status.padEnd(7)} ${test.title}  (${relative('.', test.file)})`);
  }
  const missing = [...statements.keys()].filter((number) => !shown.has(number)).map((number) => `A${number}`);
  console.log(`\n${shown.size} statements have a test.`);
  if (missing.length > 0) console.log(`${missing.length} have none yet: ${missing.join(' ')}`);
}

main();
