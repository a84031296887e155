// Says at the end how many tests were skipped and why, so that a green run on a laptop doesn't look like a whole one.

import type { Reporter, TestModule } from 'vitest/node';

/** Prints one line per reason, nothing when nothing was skipped. */
export default class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = new Map<string, number>();
    for (const reason of modules.flatMap(listReasons)) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    for (const [reason, count] of counts) console.log(`  skipped ${count}: ${reason}`);
  }
}

function listReasons(module: TestModule): string[] {
  return [...module.children.allTests('skipped')].map((test) => {
    const result = test.result();
    return (result.state === 'skipped' ? result.note : undefined) ?? 'no reason given';
  });
}
