// Signals to processes that may end at any moment.

/** Sends a signal; a process that is gone already has what the signal wanted. A negative pid is a process group. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
