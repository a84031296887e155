// `npm test`: all tests, with a JSON report for `make acceptance`. Arguments go to vitest. A narrow run does not
// replace the report of the whole one.

import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { REPORT_FILE } from './test-report.ts';

const filters = process.argv.slice(2);
const report = filters.length === 0 ? ['--reporter=json', `--outputFile.json=${REPORT_FILE}`] : [];
// An old report must not pass for this run's, when this one dies early.
if (filters.length === 0) rmSync(REPORT_FILE, { force: true });

const reporters = ['--reporter=default', '--reporter=./scripts/vitest/skipped-reporter.ts', ...report];
const words = ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...filters];
const tests = spawn(process.execPath, words, { stdio: 'inherit' });
// Ctrl-C reaches vitest too, which then takes PostgreSQL down; we stay until it is done.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => tests.kill('SIGTERM'));
tests.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
