/** Labels by which people and agents find the containers and Jobs of attempts. */
export const LABELS = {
  /** Of the agent's state folder: whose attempt it is. */
  instance: 'dev.towpath.instance',
  attempt: 'dev.towpath.attempt-id',
  run: 'dev.towpath.run-id',
  task: 'dev.towpath.task-id',
  environment: 'dev.towpath.environment',
  /** As it was asked for, and by digest. */
  image: 'dev.towpath.image',
  imageDigest: 'dev.towpath.image-digest',
} as const;

/** Values of all but the instance, from what the attempt is told. */
export function toAttemptLabels(
  attemptId: string,
  variables: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return {
    [LABELS.attempt]: attemptId,
    [LABELS.run]: variables.TOWPATH_RUN_ID ?? '',
    [LABELS.task]: variables.TOWPATH_TASK_ID ?? '',
    [LABELS.environment]: variables.ENVIRONMENT ?? '',
  };
}
