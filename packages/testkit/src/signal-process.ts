// Signals to processes that may end at any moment.

/** Sends a signal; a process that is gone already has what the signal wanted. A negative pid is a process group. Never 0: that is our own. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  if (pid === 0) throw new RangeError('pid 0 is the process group of the tests themselves');
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
