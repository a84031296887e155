// The JSON that vitest wrote in the last `npm test`, as far as it is read here.

import { readFileSync } from 'node:fs';

export const REPORT_FILE = '.acceptance.json';

export interface TestResult {
  readonly file: string;
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'skipped';
}

export interface TestReport {
  readonly tests: readonly TestResult[];
  /** Files that failed before or outside their tests: an import or a hook. */
  readonly failedFiles: readonly string[];
  /** How long each file took, its hooks included. */
  readonly durations: readonly FileDuration[];
}

export interface FileDuration {
  readonly file: string;
  readonly seconds: number;
}

interface JsonReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/** Reads the report; undefined when no whole test run wrote one yet. */
export function findTestReport(): TestReport | undefined {
  let report: JsonReport;
  try {
    report = JSON.parse(readFileSync(REPORT_FILE, 'utf8'));
  } catch {
    return undefined;
  }
  const tests = report.testResults.flatMap((file) =>
    file.assertionResults.map((test) => ({ file: file.name, title: test.title, status: toStatus(test.status) })),
  );
  const failedFiles = report.testResults
    .filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'))
    .map((file) => file.name);
  const durations = report.testResults.map(({ name, startTime, endTime }) => ({
    file: name,
    seconds: (endTime - startTime) / 1000,
  }));
  return { tests, failedFiles, durations };
}

function toStatus(status: string): TestResult['status'] {
  return status === 'passed' || status === 'failed' ? status : 'skipped';
}
