import type { ExecutorName } from '@towpath/core';

/** Where in the state folder of an agent the attempts of an executor lie, each in a folder of its own. */
export const ATTEMPTS_FOLDERS: Readonly<Record<ExecutorName, string>> = {
  process: 'attempts',
  docker: 'containers',
  kubernetes: 'jobs',
};
