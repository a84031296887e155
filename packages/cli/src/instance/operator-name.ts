import { userInfo } from 'node:os';

/** Who sits at this machine, for the audit: the name of its user, or the number where a container has no name for it. */
export function getOperatorName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
