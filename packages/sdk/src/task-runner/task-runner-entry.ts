import { fileURLToPath } from 'node:url';

/** Entry module of the task runner: the source beside this file. Bundles give their own. */
export const TASK_RUNNER_ENTRY = fileURLToPath(new URL('./task-runner-main.ts', import.meta.url));
