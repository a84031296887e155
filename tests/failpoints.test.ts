// kill -9 at every failpoint that the code has, one after the other: the process dies there while a small mixed pipeline runs,
// is started again, and nothing is lost, doubled or left. A new point without a way to reach it fails here.
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CancelRun,
  GiveUpAttempt,
  ListRuns,
  OpenConsole,
  RerunRun,
  type RunDetail,
  SetPool,
  StartRun,
} from '@towpath/api';
import { isTerminalRunState } from '@towpath/core';
import { migrate, openAdmin } from '@towpath/server';
import { assertNoOrphans, createTestDatabase, type TestDatabase, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { listFailpoints } from '../scripts/list-failpoints.ts';
import { type AlertReceiver, applySinks, NO_ENVIRONMENT, startAlertReceiver } from './support/alert-receiver.ts';
import { FUNCTION, NARROW_POOL, UNEVEN } from './support/fault-pipelines.ts';
import { type FaultRig, startFaultRig } from './support/fault-rig.ts';
import { type Act, createFaultRun, type FaultRun, POINT_DEADLINE_MS } from './support/fault-run.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

// Each wait has its own deadline with what it saw last; this one only catches what has none.
vi.setConfig({ testTimeout: 240_000 });

let project: TestProject;
let database: TestDatabase;
let rig: FaultRig;
let known: Set<string>;
let receiver: AlertReceiver;

beforeAll(async () => {
  project = createTestProject('failpoints');
  // Each start of an agent asks whether the last pass of retention was done.
  project.write(
    'towpath.yaml',
    'name: failpoints\nenvironments: { local: { kind: local, sizing: { retentionDays: 7, retentionDaily: true } } }\n',
  );
  database = await createTestDatabase({ template: 'state', migrate });
  receiver = await startAlertReceiver();
  const environment = { ...NO_ENVIRONMENT, sinks: [{ name: 'hook', sink: 'webhook' as const, url: receiver.url }] };
  const allowedContradictions = {
    contradictions: [{ variable: 'DBT_TARGET', given: 'other', derived: 'local' }],
    why: 'a test',
  };
  rig = await startFaultRig({
    ...{ project, databaseUrl: database.url, agents: ['one'], environment },
    allowedContradictions,
  });
  await applyHook();
});

afterAll(async () => {
  await rig.close();
  await receiver.close();
  await assertNoOrphans(project.folder);
  await database.drop();
  project.remove();
});

beforeEach(async ({ onTestFailed }) => {
  onTestFailed(() => console.log(rig.server.output().slice(-3000), rig.agent.output().slice(-3000)));
  const { runs } = await rig.client.call(ListRuns, { query: { limit: 100 } });
  known = new Set(runs.map(({ id }) => id));
});

const start = (pipeline: string) => rig.client.call(StartRun, { body: { pipeline, environment: 'local' } });

const findRun: FaultRun['findRun'] = (...about) => createFaultRun(rig, known).findRun(...about);

const hasAttempt = (state: string) => (run: RunDetail) =>
  run.tasks.some(({ attempts }) => attempts.some((attempt) => attempt.state === state));

const touch: Act = async () => {
  const path = join(project.folder, 'pipelines', 'mixed.ts');
  writeFileSync(path, `${readFileSync(path, 'utf8')}//\n`);
};

/** The agent dies with a function in its hands. */
const startFunction: Act = async () => {
  project.write('pipelines/function.ts', FUNCTION);
  await rig.ask('the function to be registered', () => start('function'));
};

/** On a busy machine no task may be short enough for others to be prefetched. */
const giveBack =
  (process: 'server' | 'agent'): Act =>
  async () => {
    project.write('pipelines/uneven.ts', UNEVEN);
    while (rig[process].isArmed()) {
      const { id } = await rig.ask('the uneven pipeline to be registered', () => start('uneven'));
      await waitFor('the point, or an end', POINT_DEADLINE_MS, async () => {
        if (!rig[process].isArmed()) return true;
        const { runs } = await rig.client.call(ListRuns, { query: { limit: 100 } });
        return runs.some((run) => run.id === id && isTerminalRunState(run.state));
      });
    }
  };

/** Broken in a new way each time: what is registered already is not registered again. */
const breakCode: Act = async () =>
  project.write('pipelines/broken.ts', `export default nothing_${randomUUID().replaceAll('-', '')};\n`);

/** The agent dies with work in its hands; the one after it takes that over. */
const restartAgent: Act = async () => {
  await start('mixed');
  // Tasks of the mixed one may be over between two looks.
  await start('slow');
  await findRun('slow', hasAttempt('running'));
  await rig.agent.kill();
  await rig.agent.launch();
};

const endAgent: Act = async () => rig.agent.current.kill('SIGTERM');

const freezeAgent: Act = async () => {
  await start('mixed');
  await findRun('mixed', hasAttempt('running'));
  rig.agent.current.kill('SIGSTOP');
};

const giveUp: Act = async () => {
  await freezeAgent();
  const run = await findRun('mixed', hasAttempt('uncertain'));
  const attempt = run.tasks.flatMap(({ attempts }) => attempts).find(({ state }) => state === 'uncertain');
  await rig.client.call(GiveUpAttempt, { params: { attemptId: attempt?.id ?? '' }, body: {} });
};

const cancel: Act = async () => {
  const { id: runId } = await start('slow');
  await findRun('slow', hasAttempt('running'));
  await rig.client.call(CancelRun, { params: { runId }, body: {} });
};

const rerun: Act = async () => {
  const { id: runId } = await start('mixed');
  await findRun('mixed', ({ state }) => isTerminalRunState(state));
  await rig.client.call(RerunRun, { params: { runId }, body: { from: 'tasks', tasks: ['c'] } });
};

const setPool: Act = () =>
  rig.client.call(SetPool, {
    params: { environment: 'local', name: NARROW_POOL.name },
    body: { slots: NARROW_POOL.slots },
  });

const applyHook: Act = () => applySinks(rig.client, [{ name: 'hook', sink: 'webhook', severities: ['critical'] }]);

const fail: Act = () => start('failing');

/** A declaration that is not the one before. */
const applyAnew: Act = async () => {
  await applySinks(rig.client, []);
  await applyHook();
};

const openConsole: Act = async () => {
  const admin = await openAdmin(database.url);
  const link = await admin.issueConsoleLink({ name: 'test', role: 'viewer' }).finally(() => admin.close());
  await rig.client.call(OpenConsole, { body: { link } });
};

/** Points that a run alone does not pass, by the beginning of their names. */
const ACTS: readonly (readonly [prefix: string, act: Act])[] = [
  ['register-code.', touch],
  ['register.', touch],
  ['register-error.', breakCode],
  ['start.before-order', startFunction],
  ['start.after-order', startFunction],
  ['return-attempts.', giveBack('server')],
  ['give-back.', giveBack('agent')],
  ['open-session.', restartAgent],
  ['session.', restartAgent],
  ['adopt.', restartAgent],
  ['audit.', restartAgent],
  ['report-agent-audit.', restartAgent],
  ['claim-retention.', restartAgent],
  ['close-session.', endAgent],
  ['notice-silence.', freezeAgent],
  ['end-lost.', freezeAgent],
  ['give-up.', giveUp],
  ['cancel.', cancel],
  ['rerun.', rerun],
  ['set-pool.', setPool],
  ['open-console.', openConsole],
  ['apply-environments.', applyAnew],
  // What is declared of absence may be new.
  ['notice-absence.', applyAnew],
  ['report-configuration.', touch],
  // Pipelines that were registered may name other datakits.
  ['report-datakits.', touch],
  ['deliver.', fail],
  ['report-deliveries.', fail],
];

function findAct(point: string): Act {
  return ACTS.find(([prefix]) => point.startsWith(prefix))?.[1] ?? (() => start('mixed'));
}

const dieAt = (process: 'server' | 'agent', point: string) =>
  createFaultRun(rig, known).dieAt(process, point, findAct(point));

/** Everything is there again, whatever the act did to it. */
async function repair(): Promise<void> {
  for (const name of ['broken.ts', 'uneven.ts']) rmSync(join(project.folder, 'pipelines', name), { force: true });
  await createFaultRun(rig, known).repair();
}

async function verify(): Promise<readonly RunDetail[]> {
  const runs = await createFaultRun(rig, known).verify([rig.attemptsFolder('one')]);
  await receiver.verifyTold(rig.client, runs);
  const journal = join(rig.stateFolder('one'), 'audit');
  await waitFor('the audit to be told', POINT_DEADLINE_MS, () => readdirSync(journal).length === 0);
  return runs;
}

// What the code of another executor passes, and what a promotion does, is their own tests' to reach.
const points = listFailpoints().filter(
  ({ executor, isOfPromotion }) => (executor === undefined || executor === 'process') && !isOfPromotion,
);

describe('kill -9 at a failpoint', () => {
  it.each(points.filter(({ process }) => process === 'server'))(
    'A93 process: of the server: $name',
    async ({ name }) => {
      await dieAt('server', name);
      await rig.server.start();
      await repair();
      await applyHook();
      await verify();
    },
  );

  it.each(points.filter(({ process }) => process === 'agent'))('A93 process: of the agent: $name', async ({ name }) => {
    await dieAt('agent', name);
    await rig.agent.start();
    await repair();
    await verify();
  });

  it.each(points.filter(({ process }) => process === 'shim'))('A93 process: of the shim: $name', async ({ name }) => {
    const script = join(rig.stateFolder('one'), 'shim.sh');
    const whole = readFileSync(script, 'utf8');
    const marker = join(project.folder, 'shim.deadly');
    writeFileSync(marker, '');
    expect(whole).toContain(`# failpoint: ${name}\n`);
    // Once: the first shim that can remove the mark dies. Renamed into place, as shells read their script while it runs.
    const deadly = `[ -e '${marker}' ] && PATH=/bin:/usr/bin rm '${marker}' 2>/dev/null && kill -9 $$\n`;
    writeShim(
      script,
      whole.replace(`# failpoint: ${name}\n`, () => deadly),
    );
    await start('mixed');
    await waitFor(`a shim to die at ${name}`, POINT_DEADLINE_MS, () => !existsSync(marker));
    writeShim(script, whole);
    const runs = await verify();
    const reasons = runs.flatMap(({ tasks }) => tasks.flatMap((task) => task.attempts.map((one) => one.reasonCode)));
    // With the exit status on disk nothing was lost; before "go" its launcher may not have seen it alive.
    const isTold = reasons.includes('SHIM_LOST') || (name === 'shim.before-go' && reasons.includes('START_FAILED'));
    expect(isTold).toBe(name !== 'shim.after-exit-file');
  });
});

function writeShim(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
