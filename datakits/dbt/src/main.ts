import { runDatakitProcess } from '@towpath/datakit-process';
import { runDatakit } from './cli.ts';
import { toExitCode } from './exit-codes.ts';

await runDatakitProcess({
  run: runDatakit,
  cancelledCode: 'DBT_CANCELLED',
  whatIsLeft: 'Models that were built stay.',
  toExitCode,
});
