// Names people meet. A run is never shown by a hash: it is `pipeline-environment #41`.

/** The display name of a run; run names end in the environment (A88), the number counts per environment. */
export function formatRunName(pipeline: string, environment: string, runNumber: number): string {
  return `${pipeline}-${environment} #${runNumber}`;
}
