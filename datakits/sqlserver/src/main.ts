import { runDatakitProcess } from '@towpath/datakit-process';
import { runDatakit } from './cli.ts';
import { toExitCode } from './exit-codes.ts';

await runDatakitProcess({
  run: runDatakit,
  cancelledCode: 'INGEST_CANCELLED',
  whatIsLeft: 'Nothing was published.',
  toExitCode,
});
