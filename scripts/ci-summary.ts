// The last line of `.ci/run`: `N passed, N failed`, from the JSON of the tests and the count of the checks. A skipped
// test counts as failed: in CI every real part is required.

import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { type FileDuration, findTestReport, type TestResult } from './test-report.ts';

interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** The last line of the checks; one failure when they did not come so far as to count. */
function countChecks(path: string): Count {
  const [, passed, failed] = /(\d+) passed, (\d+) failed\s*$/.exec(readFileSync(path, 'utf8')) ?? [];
  if (passed === undefined) console.log('the checks did not run to their end');
  return passed === undefined ? { passed: 0, failed: 1 } : { passed: Number(passed), failed: Number(failed) };
}

/** `exitCode` of the test run: it is red, too, when tests left processes or connections behind. */
function countTests(exitCode: string): Count {
  const report = findTestReport();
  if (!report) {
    console.log('the tests did not run to their end');
    return { passed: 0, failed: 1 };
  }
  const withStatus = (status: TestResult['status']): TestResult[] =>
    report.tests.filter((test) => test.status === status);
  for (const test of [...withStatus('failed'), ...withStatus('skipped')]) {
    console.log(`${test.status} in ${test.file}: ${test.title}`);
  }
  printSlowest(report.durations);
  for (const file of report.failedFiles) console.log(`failed outside its tests: ${file}`);
  const isExplained = withStatus('failed').length + report.failedFiles.length > 0;
  const leftBehind = exitCode === '0' || isExplained ? 0 : 1;
  if (leftBehind)
    console.log('failed as a whole: see the end of the test output (left processes, connections, errors)');
  const failed = withStatus('failed').length + withStatus('skipped').length + report.failedFiles.length + leftBehind;
  return { passed: withStatus('passed').length, failed };
}

const SHOWN_SLOWEST = 15;

/** What to look at when CI gets slow. */
function printSlowest(durations: readonly FileDuration[]): void {
  const slowest = durations.toSorted((a, b) => b.seconds - a.seconds).slice(0, SHOWN_SLOWEST);
  console.log(`the slowest of ${durations.length} test files:`);
  for (const { file, seconds } of slowest)
    console.log(`${seconds.toFixed(0).padStart(6)} s  ${relative(process.cwd(), file)}`);
}

const counts = [countChecks(process.argv[2] ?? ''), countTests(process.argv[3] ?? '1')];
const sum = (field: keyof Count): number => counts.reduce((total, count) => total + count[field], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
if (sum('failed') > 0) process.exitCode = 1;
