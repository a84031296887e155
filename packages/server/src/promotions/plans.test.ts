// On filled tables the statements of promotions use the index they name.
import { expect, test } from 'vitest';
import { findHuman } from '../access/operations/find-human.ts';
import type { Db } from '../db/database.ts';
import { deleteExpiredEvidence } from '../evidence/operations/delete-expired-evidence.ts';
import { findEvidence } from '../evidence/operations/find-evidence.ts';
import { saveEvidence } from '../evidence/operations/save-evidence.ts';
import { findRelease } from '../releases/operations/find-release.ts';
import { listReleases } from '../releases/operations/list-releases.ts';
import { explainPlan } from '../testing/explain-plan.ts';
import { useFilledDatabase } from '../testing/filled-database.ts';
import { endDeployment } from './operations/end-deployment.ts';
import { findAskers } from './operations/find-askers.ts';
import { findDeployPlan } from './operations/find-deploy-plan.ts';
import { findDeployedRelease } from './operations/find-deployed-release.ts';
import { findDoneRollback } from './operations/find-done-rollback.ts';
import { findLivePromotion } from './operations/find-live-promotion.ts';
import { findNewRelease } from './operations/find-new-release.ts';
import { findNextLook } from './operations/find-next-look.ts';
import { findPlanPause } from './operations/find-plan-pause.ts';
import { findPromotion } from './operations/find-promotion.ts';
import { findRehearsal } from './operations/find-rehearsal.ts';
import { findSource } from './operations/find-source.ts';
import { findVoidedPlan } from './operations/find-voided-plan.ts';
import { findWantedPlan } from './operations/find-wanted-plan.ts';
import { listBoard } from './operations/list-board.ts';
import { listBoardPipelines } from './operations/list-board-pipelines.ts';
import { listCycles } from './operations/list-cycles.ts';
import { listDeployPlans } from './operations/list-deploy-plans.ts';
import { listDeployments } from './operations/list-deployments.ts';
import { listDueEnvironments } from './operations/list-due-environments.ts';
import { listDueRefreshes } from './operations/list-due-refreshes.ts';
import { listDurations } from './operations/list-durations.ts';
import { listFreezes } from './operations/list-freezes.ts';
import { listJudged } from './operations/list-judged.ts';
import { listLivePromotions } from './operations/list-live-promotions.ts';
import { listObservations } from './operations/list-observations.ts';
import { listPromotions } from './operations/list-promotions.ts';
import { listSignOffs } from './operations/list-sign-offs.ts';
import { listPlanSpeakers, listSpeakers } from './operations/list-speakers.ts';
import { listToldRows } from './operations/list-told-rows.ts';
import { listUnfinishedDeploys } from './operations/list-unfinished-deploys.ts';
import { listValuedVariables } from './operations/list-valued-variables.ts';
import { lockSigners } from './operations/lock-signers.ts';
import { writeRefreshStart } from './operations/write-refresh-start.ts';

const ID = '01890000-0000-7000-8000-000000000000';
const RELEASE = 'a'.repeat(64);
const SIGNED = { releaseId: RELEASE, environment: 'e1', promotionId: ID };
const KEY = { releaseId: RELEASE, environment: 'e1', sinceAt: '2026-01-01T00:00:00Z' };

/** 1,000 environments, each with 20 promotions and deployments, a live agent and 100 runs of its release. */
const FILL = `
insert into environments (name, kind, position) select 'e' || n, 'shared', n from generate_series(1, 1000) n;
insert into agents (environment, name) select 'e' || n, 'first' from generate_series(1, 1000) n;
insert into agent_sessions (agent_id, environment, host, boot_id, version, lease_ends_at, ended_at)
  select a.id, a.environment, 'h', 'b', '1', now() + interval '1 minute', case when n < 10 then now() end
  from agents a, generate_series(1, 10) n;
insert into graphs (hash, body) select 'g' || n, '{"description": "", "tasks": []}' from generate_series(1, 5000) n;
insert into code_locations (environment, name, source_hash) select 'e' || n, 'release', 'x' from generate_series(1, 1000) n;
insert into pipelines (environment, code_location, name, source_file, graph_hash)
  select 'e' || e, 'release', 'p' || n, 'f', 'g1' from generate_series(1, 1000) e, generate_series(0, 4) n;
insert into releases (id, project, version, bill, changelog, created_by, created_from)
  select encode(sha256(('r' || n)::bytea), 'hex'), 'p' || n % 10, 'v1.0.' || n, '{"pipelines": [{"name": "p", "graphHash": "g1"}]}', 'x', 'x', 'x'
  from generate_series(1, 5000) n;
insert into promotions (environment, release_id, kind, state, plan, requested_by, started_at, ended_at, ask_again_at)
  select 'e' || e, encode(sha256(('r' || n)::bytea), 'hex'), 'promotion', case when n = 20 and e % 20 = 0 then 'pending' else 'succeeded' end, '{}', 'x', now(),
         case when n = 20 and e % 20 = 0 then null else now() end, case when n = 20 and e % 20 = 0 then now() end
  from generate_series(1, 1000) e, generate_series(1, 20) n;
insert into deployments (environment, release_id, promotion_id, ended_at, ended_by)
  select environment, release_id, id, case when release_id <> encode(sha256('r19'), 'hex') then now() end,
         case when release_id <> encode(sha256('r19'), 'hex') then id end
  from promotions;
insert into desired_releases (environment, release_id, promotion_id)
  select environment, release_id, promotion_id from deployments where ended_at is null;
insert into session_releases (session_id, release_id)
  select s.id, d.release_id from agent_sessions s join desired_releases d using (environment) where s.ended_at is null;
insert into freezes (environment, reason, starts_at, declared_by) select 'e' || n % 1000 + 1, 'x', now(), 'x' from generate_series(1, 20000) n;
insert into sign_offs (release_id, environment, role, person, decision, expires_at)
  select encode(sha256(('r' || n % 5000 + 1)::bytea), 'hex'), 'e1', 'engineer', 'p' || n, 'approved', now() from generate_series(1, 20000) n;
insert into people (name, issuer, subject, revoked_at) select 'p' || n, 'i', 's' || n, now() from generate_series(1, 20000) n;
insert into access_tokens (token_hash, name, role, expires_at) select sha256(('t' || n)::bytea), 'p' || n, 'viewer', now() from generate_series(1, 20000) n;
insert into environment_configurations (environment, agent_id, hash, report)
  select environment, id, 'h', '{"values": [{"name": "REGION", "text": "eu"}]}' from agents;
insert into runs (environment, run_number, pipeline, code_location, source_file, graph_hash, unfinished_tasks, trigger, created_by, state, finished_at, release_id)
  select 'e' || e, n, 'p' || n % 5, 'release', 'f', 'g1', 0, 'schedule', 'x', 'succeeded', now(), encode(sha256('r19'), 'hex')
  from generate_series(1, 1000) e, generate_series(1, 100) n;
insert into graph_tasks (graph_hash, task_id, position, spec, spec_hash) values ('g1', 't', 0, '{}', 's');
insert into run_tasks (run_id, task_id, position, environment, graph_hash, state, waiting_on)
  select id, 't', 0, environment, graph_hash, 'succeeded', 0 from runs;
insert into attempts (run_id, task_id, number, environment, state, session_id, agent_id, host, spec_hash, finished_at, result)
  select r.id, 't', 1, r.environment, 'succeeded', s.id, s.agent_id, 'h', 's', now(), '{"rowsQuarantined": 0}'
  from runs r join agent_sessions s on s.environment = r.environment and s.ended_at is null
  where r.run_number % 10 = 0;
insert into evidence (key, source, question, claimed_until, asked_at, error_code, error_message)
  select 'k' || n, 's', '{}', now(), now(), 'X', 'x' from generate_series(1, 20000) n;
insert into deploy_plans (promotion_id, agent_id, sha256, size_bytes, output, is_output_cut, expires_at, withdrawn_at, withdrawn_why)
  select p.id, a.id, encode(sha256('x'), 'hex'), 1, '', false, now(), case when n > 1 then now() end, case when n > 1 then 'x' end
  from promotions p join agents a on a.environment = p.environment, generate_series(1, 2) n;
insert into refreshes (promotion_id, pipeline, models, models_between, run_id)
  select id, 'p', '[]', '[]', case when row_number() over () > 10 then (select r.id from runs r where r.environment = p.environment and r.run_number = 1) end
  from promotions p;
insert into deploy_plan_sign_offs (plan_id, person, role, decision) select id, 'p', 'r', 'approved' from deploy_plans;
analyze;`;

const UNANSWERED = {
  ...{ answer: null, error: { code: 'X', message: 'x' } },
  ...{ retryAfterSeconds: null, excerpt: null, link: null },
};

const getClient = useFilledDatabase(FILL);

test.each<[string, string, (db: Db) => Promise<unknown>]>([
  ['findRelease', 'releases_pkey', (db) => findRelease(db, RELEASE)],
  ['listReleases', 'releases_version_key', (db) => listReleases(db, { project: 'p1', version: 'v1.0.1', limit: 10 })],
  ['findLivePromotion', 'promotions_live_key', (db) => findLivePromotion(db, 'e1')],
  ['listLivePromotions', 'promotions_live_key', (db) => listLivePromotions(db)],
  ['findNextLook', 'promotions_live_key', (db) => findNextLook(db)],
  ['listDueEnvironments', 'promotions_live_key', (db) => listDueEnvironments(db)],
  ['findPromotion with its refresh', 'refreshes_pkey', (db) => findPromotion(db, ID)],
  ['findPromotion with the run of it', 'runs_pkey', (db) => findPromotion(db, ID)],
  ['listDueRefreshes', 'refreshes_unstarted_idx', (db) => listDueRefreshes(db)],
  ['writeRefreshStart', 'refreshes_unstarted_idx', (db) => writeRefreshStart(db, ID, { runId: ID })],
  ['listPromotions', 'promotions_pkey', (db) => listPromotions(db, { readable: null, limit: 50 })],
  [
    'listPromotions of one',
    'promotions_environment_idx',
    (db) => listPromotions(db, { readable: null, environment: 'e1', limit: 50 }),
  ],
  [
    'listPromotions of the environments of somebody',
    'promotions_environment_idx',
    (db) => listPromotions(db, { readable: ['e1', 'e2'], limit: 50 }),
  ],
  ['findDeployedRelease', 'deployments_current_key', (db) => findDeployedRelease(db, 'e1')],
  ['endDeployment', 'deployments_current_key', (db) => endDeployment(db, 'e1', ID)],
  ['listDeployments', 'deployments_environment_idx', (db) => listDeployments(db, 'e1')],
  ['listDeployments by refusals', 'sign_offs_release_idx', (db) => listDeployments(db, 'e1')],
  ['findDeployPlan', 'deploy_plans_current_key', (db) => findDeployPlan(db, ID, 1)],
  ['listDeployPlans', 'deploy_plans_promotion_idx', (db) => listDeployPlans(db, ID, 1)],
  ['findPlanPause', 'deploy_plans_promotion_idx', (db) => findPlanPause(db, { promotionId: ID, most: 20, hours: 1 })],
  ['findVoidedPlan', 'deploy_plans_promotion_idx', (db) => findVoidedPlan(db, ID)],
  ['findAskers', 'promotions_pkey', (db) => findAskers(db, { releaseId: RELEASE, promotionId: ID })],
  ['listSpeakers', 'sign_offs_release_idx', (db) => listSpeakers(db, RELEASE, 'e1')],
  ['listPlanSpeakers', 'deploy_plan_sign_offs_pkey', (db) => listPlanSpeakers(db, ID)],
  ['findHuman', 'people_pkey', (db) => findHuman(db, { name: 'p1', tokenId: ID })],
  ['findWantedPlan', 'promotions_live_key', (db) => findWantedPlan(db, { environment: 'e20', agentId: ID, hours: 1 })],
  [
    'findWantedPlan by its plan',
    'deploy_plans_current_key',
    (db) => findWantedPlan(db, { environment: 'e20', agentId: ID, hours: 1 }),
  ],
  ['listUnfinishedDeploys', 'promotions_environment_idx', (db) => listUnfinishedDeploys(db, 'e1')],
  ['findDoneRollback', 'promotions_rolls_back_idx', (db) => findDoneRollback(db, 'e1', RELEASE)],
  ['findDoneRollback by what it ended', 'deployments_environment_idx', (db) => findDoneRollback(db, 'e1', RELEASE)],
  ['findSource', 'deployments_environment_idx', (db) => findSource(db, 'e2', RELEASE)],
  ['listCycles', 'runs_release_idx', (db) => listCycles(db, KEY)],
  ['findRehearsal', 'deployments_environment_idx', (db) => findRehearsal(db, 'e1', RELEASE)],
  ['findNewRelease of the first', 'releases_created_idx', (db) => findNewRelease(db, 'e1')],
  ['findNewRelease of another', 'deployments_current_key', (db) => findNewRelease(db, 'e2')],
  ['findNewRelease of what was asked for', 'promotions_release_idx', (db) => findNewRelease(db, 'e2')],
  ['listJudged', 'promotions_pkey', (db) => listJudged(db, 90 * 24 * 3600, 100)],
  ['listToldRows since', 'runs_release_idx', (db) => listToldRows(db, KEY, 20)],
  ['listToldRows before', 'runs_ended_idx', (db) => listToldRows(db, KEY, 20)],
  ['listToldRows of runs', 'attempts_succeeded_task_key', (db) => listToldRows(db, KEY, 20)],
  [
    'listDurations',
    'runs_ended_idx',
    (db) => listDurations(db, { releaseId: RELEASE, environment: 'e1', sinceAt: '2026-01-01T00:00:00Z', runs: 5 }),
  ],
  ['findEvidence', 'evidence_pkey', (db) => findEvidence(db, ['k1', 'k2'])],
  ['saveEvidence', 'evidence_pkey', (db) => saveEvidence(db, { ...UNANSWERED, key: 'k1', askedAtMs: 0 })],
  ['deleteExpiredEvidence', 'evidence_claimed_idx', (db) => deleteExpiredEvidence(db, { days: 90, limit: 100 })],
  ['listObservations', 'agents_name_key', (db) => listObservations(db, 'e1', RELEASE)],
  ['listFreezes', 'freezes_environment_idx', (db) => listFreezes(db, 'e1')],
  ['listSignOffs', 'sign_offs_release_idx', (db) => listSignOffs(db, { releaseId: RELEASE, environment: 'e1' })],
  ['listSignOffs by who has left', 'people_pkey', (db) => listSignOffs(db, { releaseId: RELEASE, environment: 'e1' })],
  ['lockSigners', 'sign_offs_release_idx', (db) => lockSigners(db, SIGNED)],
  ['lockSigners of a plan', 'deploy_plans_current_key', (db) => lockSigners(db, SIGNED)],
  ['listValuedVariables', 'environment_configurations_pkey', (db) => listValuedVariables(db, 'e1', ['REGION'])],
  ['listValuedVariables by agents', 'agents_name_key', (db) => listValuedVariables(db, 'e1', ['REGION'])],
])('%s uses %s', async (_, index, run) => {
  const { indexes, wholeTables } = await explainPlan(getClient(), run);
  expect([...indexes]).toContain(index);
  // Read whole where a statement asks for an order of all of them.
  expect([...wholeTables].filter((table) => table !== 'environments')).toEqual([]);
});

test('the board reads the last runs of each environment by their index', async () => {
  const { indexes, wholeTables } = await explainPlan(getClient(), (db) => listBoard(db));
  expect([...indexes]).toContain('runs_number_key');
  expect([...wholeTables]).not.toContain('runs');
});

test('the board reads the last runs of each pipeline by their index, whatever the history', async () => {
  const { indexes, wholeTables } = await explainPlan(getClient(), (db) => listBoardPipelines(db));
  expect([...indexes]).toContain('runs_pipeline_idx');
  expect([...wholeTables]).not.toContain('runs');
});
