import type { ScheduleView } from '@towpath/api';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { type CronJobOptions, toCronJob } from './cron-job.ts';

function createView(changes: Partial<ScheduleView> = {}): ScheduleView {
  return {
    id: '01890000-0000-7000-8000-000000000000',
    environment: 'prod',
    codeLocation: 'main',
    pipeline: 'daily',
    name: 'nightly',
    cron: '30 2 * * MON-FRI',
    timeZone: 'Europe/London',
    overlap: 'forbid',
    catchUp: 'latest',
    maxCatchUp: 10,
    startDeadlineSeconds: 900,
    parameters: {},
    paused: null,
    nextSlots: [],
    queuedSlots: 0,
    liveRun: null,
    lastSlots: [],
    ...changes,
  };
}

const OPTIONS: CronJobOptions = {
  namespace: 'data',
  image: 'registry.example.com/towpath:0.1.0',
  server: 'http://towpath-server:8080',
  secret: 'towpath-token',
  isActive: false,
};

/** As it is after its way through YAML. */
const render = (changes: Partial<ScheduleView> = {}, options: Partial<CronJobOptions> = {}) =>
  parse(stringify(toCronJob(createView(changes), { ...OPTIONS, ...options })));

const PAUSED = { at: '2026-11-25T00:00:00Z', by: 'erin', note: null };

describe('toCronJob', () => {
  it('A24 a schedule renders to a CronJob that never overlaps, with deadline, backoff and history limits', () => {
    expect(render()).toMatchObject({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'daily-nightly-prod', namespace: 'data' },
      spec: {
        schedule: '30 2 * * MON-FRI',
        timeZone: 'Europe/London',
        suspend: false,
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 900,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          spec: {
            backoffLimit: 6,
            podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [1, 2] } }] },
            template: { spec: { restartPolicy: 'Never' } },
          },
        },
      },
    });
  });

  it('its container starts the schedule on the server once per Job, with a token from a Secret', () => {
    const [container] = render().spec.jobTemplate.spec.template.spec.containers;
    expect(container).toMatchObject({
      image: 'registry.example.com/towpath:0.1.0',
      command: ['towpath'],
      args: ['schedules', 'run-now', 'daily/nightly', '--environment', 'prod', '--once', '$(JOB_NAME)'],
    });
    expect(container.env).toEqual([
      {
        name: 'JOB_NAME',
        valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } },
      },
      { name: 'TOWPATH_SERVER', value: 'http://towpath-server:8080' },
      { name: 'TOWPATH_TOKEN', valueFrom: { secretKeyRef: { name: 'towpath-token', key: 'token' } } },
    ]);
  });

  it.each<[string, Partial<ScheduleView>, Partial<CronJobOptions>, object]>([
    ['replace', { overlap: 'replace' }, {}, { concurrencyPolicy: 'Replace' }],
    ['a paused one is suspended', { paused: PAUSED }, {}, { suspend: true }],
    ['unless Kubernetes is the clock', { paused: PAUSED }, { isActive: true }, { suspend: false }],
    ['a deadline below what Kubernetes keeps', { startDeadlineSeconds: 2.5 }, {}, { startingDeadlineSeconds: 10 }],
    ['a broken deadline', { startDeadlineSeconds: 60.5 }, {}, { startingDeadlineSeconds: 61 }],
    ['blanks', { cron: ' 0  0 * * * ' }, {}, { schedule: '0 0 * * *' }],
  ])('%s', (_, changes, options, expected) => {
    expect(render(changes, options).spec).toMatchObject(expected);
  });

  it('without a deadline there is none', () => {
    expect(render({ startDeadlineSeconds: null }).spec).not.toHaveProperty('startingDeadlineSeconds');
  });

  it('with replace the run ends with its Pod', () => {
    const [container] = render({ overlap: 'replace' }).spec.jobTemplate.spec.template.spec.containers;
    expect(container.args).toContain('--cancel-when-stopped');
  });

  it('names that Kubernetes does not take are changed, and stay apart', () => {
    const names = ['a.b', 'a_b', 'a-b'].map((pipeline) => render({ pipeline }).metadata.name);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^a-b-nightly-prod(-[0-9a-f]{8})?$/);
  });

  it.each<[string, Partial<ScheduleView>, RegExp]>([
    ['queue', { overlap: 'queue' }, /no queue/],
    ['a name that is too long', { pipeline: 'x'.repeat(40) }, /may have 52/],
  ])('%s is refused with the reason', (_, changes, why) => {
    expect(() => toCronJob(createView(changes), OPTIONS)).toThrow(
      expect.objectContaining({ code: 'SCHEDULE_NOT_RENDERABLE', reason: expect.stringMatching(why) }),
    );
  });
});
