// What an environment goes back to: the release it ran last before the current one that was not taken away by a rollback and that nobody
// refuses.

/** An interval in which an environment ran a release, as far as it matters here. */
export interface PastDeployment {
  readonly releaseId: string;
  /** It ended because somebody rolled back from it. */
  readonly wasRolledBack: boolean;
  /** Somebody's refusal stands against the release in this environment, whenever it was said. */
  readonly isRefused: boolean;
}

/** The previous good release, or undefined. Deployments are given newest first; the first one is the current one. */
export function findPreviousGood(deployments: readonly PastDeployment[]): string | undefined {
  const [current, ...past] = deployments;
  if (!current) return undefined;
  // Each release is judged by how it ended last: one that was taken away is bad until it is deployed again.
  const bad = new Set<string>([current.releaseId]);
  for (const { releaseId, wasRolledBack, isRefused } of past) {
    if (bad.has(releaseId)) continue;
    if (!wasRolledBack && !isRefused) return releaseId;
    bad.add(releaseId);
  }
  return undefined;
}
