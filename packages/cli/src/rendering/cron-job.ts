// A schedule as a CronJob, for clusters whose clock is to start things: pure, from what the server says of it.
import type { ScheduleView } from '@towpath/api';
import { TowpathError } from '@towpath/core';

/** What the manifest needs besides the schedule. */
export interface CronJobOptions {
  readonly namespace: string;
  /** An image whose `towpath` runs. */
  readonly image: string;
  /** Address of the server as the cluster reaches it. */
  readonly server: string;
  /** Secret with the access token under the key `token`. */
  readonly secret: string;
  /** Let it fire though the schedule is paused here: then only Kubernetes starts it. */
  readonly isActive: boolean;
}

/** Pods of one slot that may fail before the Job does: with Kubernetes' doubling pauses from 10 s some ten minutes. */
const BACKOFF_LIMIT = 6;
/** Finished Jobs that stay to be looked at. Towpath itself keeps all runs. */
const SUCCESSFUL_JOBS = 3;
const FAILED_JOBS = 3;
/** Below this a CronJob may never start: its controller looks every 10 s (Kubernetes, "CronJob", limitations). */
const SHORTEST_DEADLINE_SECONDS = 10;
/** What is added to the name of a CronJob for its Jobs must fit into 63 characters. */
const LONGEST_NAME = 52;

/**
 * The manifest (batch/v1 CronJob).
 *
 * @throws TowpathError `SCHEDULE_NOT_RENDERABLE` where a CronJob can not do what the schedule says
 */
export function toCronJob(schedule: ScheduleView, options: CronJobOptions): object {
  const name = toObjectName(schedule);
  const labels = {
    'app.kubernetes.io/managed-by': 'towpath',
    'towpath.dev/pipeline': schedule.pipeline,
    'towpath.dev/schedule': schedule.name,
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, namespace: options.namespace, labels },
    spec: {
      schedule: schedule.cron.trim().split(/\s+/).join(' '),
      timeZone: schedule.timeZone,
      suspend: schedule.paused !== null && !options.isActive,
      concurrencyPolicy: toConcurrencyPolicy(schedule),
      ...(schedule.startDeadlineSeconds !== null && {
        startingDeadlineSeconds: Math.max(Math.ceil(schedule.startDeadlineSeconds), SHORTEST_DEADLINE_SECONDS),
      }),
      successfulJobsHistoryLimit: SUCCESSFUL_JOBS,
      failedJobsHistoryLimit: FAILED_JOBS,
      jobTemplate: { metadata: { labels }, spec: toJob(schedule, options, labels) },
    },
  };
}

function toConcurrencyPolicy({ overlap }: ScheduleView): 'Forbid' | 'Replace' {
  switch (overlap) {
    case 'forbid':
      return 'Forbid';
    case 'replace':
      return 'Replace';
    case 'queue':
      throw notRenderable('A CronJob has no queue: it drops a slot, cancels the run before, or runs both at once.');
    default:
      return overlap satisfies never;
  }
}

function toJob(schedule: ScheduleView, options: CronJobOptions, labels: object): object {
  return {
    backoffLimit: BACKOFF_LIMIT,
    // How a run ended is final here: its tasks have retries of their own. Anything else (75, a lost node) is tried again.
    podFailurePolicy: {
      rules: [{ action: 'FailJob', onExitCodes: { containerName: 'towpath', operator: 'In', values: [1, 2] } }],
    },
    template: {
      metadata: { labels },
      spec: {
        restartPolicy: 'Never',
        automountServiceAccountToken: false,
        containers: [toContainer(schedule, options)],
      },
    },
  };
}

function toContainer({ pipeline, name, environment, overlap }: ScheduleView, options: CronJobOptions): object {
  // Replace ends the Pod by SIGTERM; its run must not go on beside the next one.
  const stop = overlap === 'replace' ? ['--cancel-when-stopped'] : [];
  const once = ['--once', '$(JOB_NAME)'];
  const jobName = { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } };
  return {
    name: 'towpath',
    image: options.image,
    command: ['towpath'],
    args: ['schedules', 'run-now', `${pipeline}/${name}`, '--environment', environment, ...once, ...stop],
    env: [
      { name: 'JOB_NAME', valueFrom: jobName },
      { name: 'TOWPATH_SERVER', value: options.server },
      { name: 'TOWPATH_TOKEN', valueFrom: { secretKeyRef: { name: options.secret, key: 'token' } } },
    ],
    securityContext: {
      allowPrivilegeEscalation: false,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
}

// Names of ours may hold more characters than Kubernetes' do. What is changed gets a checksum, so that no two become the same.
function toObjectName({ pipeline, name, environment }: ScheduleView): string {
  const ours = `${pipeline}-${name}-${environment}`;
  const safe = ours.toLowerCase().replace(/[^a-z0-9-]/g, '-');
  const text = safe === ours ? ours : `${safe}-${checksum(ours)}`;
  if (text.length <= LONGEST_NAME) return text;
  throw notRenderable(`Its name would be ${text}: ${text.length} characters, and a CronJob may have ${LONGEST_NAME}.`);
}

/** FNV-1a, 32 bits: enough to tell a few names apart, and the same everywhere. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

function notRenderable(cause: string): TowpathError {
  return new TowpathError({
    code: 'SCHEDULE_NOT_RENDERABLE',
    message: 'This schedule can not be a CronJob.',
    cause,
    fix: 'Leave it to Towpath, which ticks it by itself, or change the schedule.',
  });
}
