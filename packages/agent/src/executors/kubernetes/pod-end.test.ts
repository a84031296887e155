// What the cluster says of a Pod, and what that means; the real ones are in kubernetes-failures.test.ts.
import { describe, expect, test } from 'vitest';
import { NO_FILE } from '../attempt-folder.ts';
import { decideEnd } from '../decide-end.ts';
import { judgeWaiting } from './judge-waiting.ts';
import { parseTermination } from './parse-termination.ts';
import { toEndFacts } from './pod-end.ts';
import { type PodFacts, parsePod } from './pod-facts.ts';

interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly conditions?: readonly object[];
  readonly state?: object;
}

function pod({ state, ...status }: PodStatus, more: object = {}): PodFacts {
  const containerStatuses = state === undefined ? [] : [{ name: 'task', state }];
  const metadata = { name: 'p', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z', ...more };
  return parsePod({ metadata, status: { ...status, containerStatuses } });
}

const DELETED = { deletionTimestamp: '2026-01-01T00:00:00Z' };

function disrupted(reason: string): readonly object[] {
  return [{ type: 'DisruptionTarget', status: 'True', reason, message: 'Its words.' }];
}

function ended(exitCode: number, reason = 'Error'): object {
  return { terminated: { exitCode, reason } };
}

describe('A25 kubernetes: a Pod', () => {
  const CASES: readonly (readonly [string, PodFacts, string])[] = [
    ['evicted by its kubelet', pod({ phase: 'Failed', reason: 'Evicted', state: ended(137) }), 'POD_EVICTED'],
    [
      'evicted by the API',
      pod({ conditions: disrupted('EvictionByEvictionAPI'), state: ended(143) }, DELETED),
      'POD_EVICTED',
    ],
    ['preempted', pod({ conditions: disrupted('PreemptionByScheduler'), state: ended(143) }, DELETED), 'POD_PREEMPTED'],
    ['on a lost node', pod({ conditions: disrupted('DeletionByTaintManager') }, DELETED), 'NODE_LOST'],
    ['collected with its node', pod({ phase: 'Failed', conditions: disrupted('DeletionByPodGC') }), 'NODE_LOST'],
    ['whose container nobody found again', pod({ state: ended(137, 'ContainerStatusUnknown') }), 'NODE_LOST'],
    ['deleted by somebody', pod({ state: ended(143) }, DELETED), 'POD_DELETED'],
    ['that is gone', { ...pod({ phase: 'Running' }), isGone: true }, 'POD_LOST'],
    ['over its deadline', pod({ phase: 'Failed', reason: 'DeadlineExceeded', state: ended(143) }), 'TIMED_OUT'],
    ['out of memory', pod({ state: ended(137, 'OOMKilled') }), 'OUT_OF_MEMORY'],
    ['that ended by itself', pod({ state: ended(3) }), 'EXIT_CODE'],
  ];

  test.each(CASES)('%s', (_, facts, reasonCode) => {
    const end = decideEnd(toEndFacts({ pod: facts, ending: undefined, isJobOverdue: false, timeoutSeconds: 1 }));
    expect(end.reasonCode).toBe(reasonCode);
  });

  test('says the words of the cluster', () => {
    const facts = pod({ conditions: disrupted('PreemptionByScheduler'), state: ended(143) });
    const { loss } = toEndFacts({ pod: facts, ending: undefined, isJobOverdue: false, timeoutSeconds: 1 });
    expect(loss.reason).toBe('Kubernetes ended its Pod to make room for a more important one. Its words.');
  });

  test('that ended well although it was to be deleted has succeeded', () => {
    const facts = pod({ state: { terminated: { exitCode: 0, message: '!none' } } }, DELETED);
    const end = decideEnd(toEndFacts({ pod: facts, ending: undefined, isJobOverdue: false, timeoutSeconds: 1 }));
    expect(end).toMatchObject({ outcome: 'succeeded', result: null });
  });
});

describe('A25 kubernetes: a Pod that waits', () => {
  const CASES: readonly (readonly [string, string, string, string])[] = [
    ['ErrImagePull', 'failed to resolve reference "r/x:1": r/x:1: not found', 'none', 'IMAGE_MISSING'],
    ['ImagePullBackOff', 'Back-off … manifest unknown', 'none', 'IMAGE_MISSING'],
    [
      'ErrImagePull',
      'pull access denied, repository does not exist or may require authorization',
      'none',
      'IMAGE_PULL_UNAUTHORISED',
    ],
    ['ErrImagePull', 'unexpected status from HEAD request: 401 Unauthorized', 'none', 'IMAGE_PULL_UNAUTHORISED'],
    ['ErrImagePull', 'dial tcp 10.0.0.1:5000: connect: connection refused', 'start', 'IMAGE_PULL_FAILED'],
    ['InvalidImageName', 'invalid reference format', 'none', 'IMAGE_MISSING'],
    ['CreateContainerError', 'context deadline', 'none', 'POD_START_FAILED'],
    ['RunContainerError', 'exec: "sh": not found', 'none', 'POD_START_FAILED'],
    ['CreateContainerConfigError', 'secret "x" not found', 'start', 'POD_START_FAILED'],
    ['ContainerCreating', '', 'pulling', 'POD_START_FAILED'],
  ];

  test.each(CASES)('%s, %s: patience %s, then %s', (reason, message, patience, code) => {
    const verdict = judgeWaiting(pod({ phase: 'Pending', state: { waiting: { reason, message } } }));
    expect([verdict.patience, verdict.facts.code]).toEqual([patience, code]);
  });
});

describe('A54 kubernetes: a Pod whose attempt waits for another container', () => {
  const NOT_BEGUN = { waiting: { reason: 'PodInitializing' } };
  const waitsFor = (name: string, status: object) =>
    parsePod({
      metadata: { name: 'p', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: { initContainers: [{ name: 'bundle' }, { name: 'krb5', restartPolicy: 'Always' }] },
      status: {
        phase: 'Pending',
        initContainerStatuses: [{ name, ...status }],
        containerStatuses: [{ name: 'task', state: NOT_BEGUN }],
      },
    });

  test.each<[string, PodFacts, readonly [string, string, string]]>([
    [
      'whose image is missing',
      waitsFor('bundle', { state: { waiting: { reason: 'ErrImagePull', message: 'r/x:1: not found' } } }),
      ['none', 'IMAGE_MISSING', 'r/x:1: not found'],
    ],
    [
      'that ended, and is started again',
      waitsFor('krb5', { state: { terminated: { exitCode: 3, reason: 'Error', message: 'no key' } } }),
      ['start', 'SIDECAR_FAILED', 'It ended with exit code 3 (Error). no key'],
    ],
    [
      'that is not ready yet',
      waitsFor('krb5', { started: false, state: { running: {} } }),
      ['pulling', 'POD_START_FAILED', 'It waits for container krb5.'],
    ],
    ['that has done its work', waitsFor('bundle', { state: ended(0) }), ['pulling', 'POD_START_FAILED', '']],
  ])('%s', (_, facts, expected) => {
    const verdict = judgeWaiting(facts);
    expect([verdict.patience, verdict.facts.code, verdict.facts.cause]).toEqual(expected);
  });
});

describe('a termination message', () => {
  test.each([
    ['!none', undefined],
    ['!no-file', NO_FILE],
    ['', NO_FILE],
    [undefined, NO_FILE],
  ])('%s holds no document', (message, expected) => {
    expect(parseTermination(message)).toBe(expected);
  });

  test('with a document is that document, and a refused one when a byte is another', () => {
    const large = `{"a":"${'ä'.repeat(2000)}"}`.padEnd(4096 - 2000);
    expect(parseTermination('=12\n{"a":"ä"}\n\n')).toEqual(Buffer.from('{"a":"ä"}\n\n'));
    expect(parseTermination(large)).toEqual(Buffer.from(large));
    for (const altered of ['=8\n{"a":"\ufffd"}', `${large} `, large.slice(1)]) {
      const resultBytes = parseTermination(altered);
      expect(decideEnd({ ...ENDED_WELL, resultBytes }).reasonCode).toBe('RESULT_INVALID');
    }
  });
});

test('a document that Kubernetes cut, since the Pod has many containers, is too large', () => {
  for (const cut of ['=3000\n{"a":"x', `{"a":"${'x'.repeat(3000)}`]) {
    const end = decideEnd({ ...ENDED_WELL, resultBytes: parseTermination(cut) });
    expect(end).toMatchObject({ reasonCode: 'RESULT_INVALID', reason: expect.stringContaining('larger than') });
  }
});

const ENDED_WELL = {
  exitStatus: 0,
  ending: undefined,
  timeoutSeconds: 1,
  loss: { reasonCode: 'X', reason: 'x' },
} as const;
