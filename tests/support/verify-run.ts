// What must hold after any fault: one accepted result per attempt, whole logs, no doubled row.
import { type Client, ReadLog, type RunDetail, type TaskView } from '@towpath/api';
import { isTerminalAttemptState } from '@towpath/core';
import { expect } from 'vitest';
import { readWholeLog } from './instance.ts';
import { formatSteps } from './test-project.ts';

/** Checks a run that should have succeeded in spite of everything. */
export async function verifySucceededRun(client: Client, run: RunDetail): Promise<void> {
  expect(describeAttempts(run)).toSatisfy(() => run.state === 'succeeded');
  for (const task of run.tasks) {
    expect(task.attempts.every(({ state }) => isTerminalAttemptState(state))).toBe(true);
    expect(task.attempts.filter(({ state }) => state === 'succeeded')).toHaveLength(1);
    expect(task.attempts.at(-1)?.state).toBe('succeeded');
    if (task.argv[0] === 'steps') await verifyStepsLog(client, task);
  }
}

/** Every attempt with how it ended, for a failing expectation to show. */
export function describeAttempts(run: RunDetail): string {
  const lines = run.tasks.flatMap((task) =>
    task.attempts.map(
      (a) => `${task.id} ${a.number}: ${a.state} ${a.reasonCode ?? ''} ${a.exitCode ?? ''} ${a.reason ?? ''}`,
    ),
  );
  return [`${run.name} ${run.state}`, ...lines].join('\n');
}

async function verifyStepsLog(client: Client, task: TaskView): Promise<void> {
  for (const attempt of task.attempts) {
    const log = await readWholeLog(client, attempt.id);
    expect(Buffer.byteLength(log)).toBe(attempt.logLengthBytes);
    const [header = '', ...lines] = log.split(/(?<=\n)/);
    const whole = formatSteps(Number(task.argv[1]));
    if (header !== '') expect(header).toMatch(/^\[LOCAL\] datakit=steps /);
    if (attempt.state === 'succeeded') expect(lines.join('')).toBe(whole);
    else expect(whole.startsWith(lines.join(''))).toBe(true);
  }
}

/** The log of an attempt as far as the server has it; of what was given up, the rest may never come. */
export async function readLogSoFar(client: Client, attemptId: string): Promise<string> {
  const chunks: Buffer[] = [];
  for (let offset = 0; ; ) {
    const response = await client.send(ReadLog, { params: { attemptId }, query: { offset } });
    const bytes = Buffer.from(await response.arrayBuffer());
    if (bytes.length === 0) return Buffer.concat(chunks).toString('utf8');
    chunks.push(bytes);
    offset += bytes.length;
  }
}
