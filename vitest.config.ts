import { defineConfig } from 'vitest/config';
import LongestFirst from './scripts/vitest/longest-first.ts';

const EVERYWHERE = ['node_modules', '**/node_modules/**', '**/dist/**', '.towpath/**'];

/** Packages without I/O: their tests need no PostgreSQL, so that a run of them alone starts in a second. */
const PURE = ['packages/core/**/*.test.ts', 'packages/api/**/*.test.ts'];

/** Tests that kill what the others work with. */
const ALONE = ['tests/outages-*.test.ts', 'packages/agent/**/preemption-*.test.ts'];

export default defineConfig({
  test: {
    pool: 'forks',
    // Tests start real servers and processes; more workers than cores only makes deadlines slip.
    maxWorkers: 2,
    // Generous on purpose: it catches what hangs. Waits inside tests have their own, explained deadlines.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    // `npm test` adds JSON to .acceptance.json; a narrow run must not overwrite the result of the whole one.
    reporters: ['default', './scripts/vitest/skipped-reporter.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, exclude: EVERYWHERE } },
      {
        extends: true,
        test: {
          name: 'real',
          include: ['{packages,datakits,tests,examples,scripts}/**/*.test.{ts,tsx}'],
          exclude: [...EVERYWHERE, ...PURE, ...ALONE],
          globalSetup: './scripts/vitest/global-setup.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ALONE,
          exclude: EVERYWHERE,
          globalSetup: './scripts/vitest/global-setup.ts',
          // After all others, and one file after the other.
          sequence: { groupOrder: 1 },
          fileParallelism: false,
        },
      },
    ],
  },
});
