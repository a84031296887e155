// Ending everything an attempt started. A shim is the leader of its own session and group, so the group's number is the
// shim's pid.
//
// May a signal to that number hit somebody else? Not while the group has a member: kernels give out no pid that is in
// use as a group or session id. Only an empty group's number can come back, and then as the pid of the new group's
// leader. So a group is ours while its leader is our shim (pid and start time), and when no process has that pid at
// all; when a process has it that started at another time, ours was empty before and there is nothing left to end.
import { setTimeout as pause } from 'node:timers/promises';
import { canSignalGroup, findProcess, hasLivingMembers, type ProcessIdentity } from '../../host/process-identity.ts';

/** KILL can't be refused; what is still there after this hangs in the kernel, and waiting longer would not help. */
const KILL_DEADLINE_MS = 5_000;

/** Sends a signal to all of the shim's group; tells whether there was anybody. */
export function signalGroup(shim: ProcessIdentity, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  // Mostly nobody is left, and then it does not matter whose number it was.
  if (!canSignalGroup(shim.pid)) return false;
  const leader = findProcess(shim.pid);
  if (leader !== undefined && leader.startTime !== shim.startTime) return false;
  try {
    process.kill(-shim.pid, signal);
    return true;
  } catch {
    // ESRCH: nobody is left. EPERM (macOS): only zombies are.
    return false;
  }
}

/** Kills what is left of the shim's group and waits until it is gone, so that nothing writes to the log any more. */
export async function killGroup(shim: ProcessIdentity): Promise<void> {
  const deadline = performance.now() + KILL_DEADLINE_MS;
  while (signalGroup(shim, 'SIGKILL') && hasLivingMembers(shim.pid)) {
    if (performance.now() > deadline) return;
    await pause(10);
  }
}
