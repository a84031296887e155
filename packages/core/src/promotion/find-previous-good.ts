// What an environment goes back to: the release it ran last before the current one and was not taken away by a rollback.

/** An interval in which an environment ran a release, as far as it matters here. */
export interface PastDeployment {
  readonly releaseId: string;
  /** It ended because somebody rolled back from it. */
  readonly wasRolledBack: boolean;
}

/** The previous good release, or undefined. Deployments are given newest first; the first one is the current one. */
export function findPreviousGood(deployments: readonly PastDeployment[]): string | undefined {
  const [current, ...past] = deployments;
  if (!current) return undefined;
  // Each release is judged by how it ended last: one that was taken away is bad until it is deployed again.
  const bad = new Set<string>([current.releaseId]);
  for (const { releaseId, wasRolledBack } of past) {
    if (bad.has(releaseId)) continue;
    if (!wasRolledBack) return releaseId;
    bad.add(releaseId);
  }
  return undefined;
}
