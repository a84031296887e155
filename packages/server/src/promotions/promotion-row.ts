// The columns of a promotion, shared by the statements that list, find or change promotions.
import type { PromotionView, VerdictView } from '@towpath/api';
import { judgeRefresh, type PromotionKind, type PromotionState, type RunState } from '@towpath/core';

/** A row of `PROMOTION_COLUMNS`. */
export interface PromotionRow {
  readonly id: string;
  readonly environment: string;
  readonly release_id: string;
  readonly project: string;
  readonly version: string;
  readonly kind: PromotionKind;
  readonly state: PromotionState;
  readonly plan: PromotionView['plan'];
  readonly rollback_plan: string | null;
  readonly change_record: string | null;
  readonly not_before: string | null;
  readonly note: string | null;
  readonly rolls_back_from: string | null;
  readonly rolls_back_version: string | null;
  readonly emergency: PromotionView['emergency'];
  readonly requested_at: string;
  readonly requested_by: string;
  readonly verdicts: VerdictView[];
  readonly policy_version: number | null;
  readonly judged_at: string | null;
  readonly ask_again_at: string | null;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly end_code: string | null;
  readonly end_reason: string | null;
  readonly refresh: RefreshColumns | null;
}

interface RefreshColumns {
  readonly pipeline: string;
  readonly models: string[];
  readonly between: string[];
  readonly run_id: string | null;
  readonly run_number: number | null;
  readonly run_state: RunState | null;
  readonly problem: { readonly code: string; readonly message: string } | null;
}

/** For `select … from promotions p join releases l on l.id = p.release_id`. Uses refreshes_pkey and runs_pkey. */
export const PROMOTION_COLUMNS = `
p.id, p.environment, p.release_id, l.project, l.version, p.kind, p.state, p.plan, p.rollback_plan, p.change_record, p.not_before,
p.note, p.emergency, p.rolls_back_from, (select f.version from releases f where f.id = p.rolls_back_from) as rolls_back_version,
p.requested_at, p.requested_by, p.verdicts, p.policy_version, p.judged_at, p.ask_again_at, p.started_at, p.ended_at,
p.end_code, p.end_reason,
(
  select jsonb_build_object('pipeline', f.pipeline, 'models', f.models, 'between', f.models_between, 'problem', f.problem,
                            'run_id', f.run_id, 'run_number', r.run_number, 'run_state', r.state)
  from refreshes f
  left join runs r on r.id = f.run_id
  where f.promotion_id = p.id
) as refresh`;

/** The promotion as people see it. */
export function toPromotionView(row: PromotionRow): PromotionView {
  return {
    id: row.id,
    environment: row.environment,
    release: { id: row.release_id, project: row.project, version: row.version },
    kind: row.kind,
    state: row.state,
    plan: row.plan,
    rollbackPlan: row.rollback_plan,
    changeRecord: row.change_record,
    notBefore: row.not_before,
    note: row.note,
    rollsBackFrom:
      row.rolls_back_from === null ? null : { id: row.rolls_back_from, version: row.rolls_back_version ?? '' },
    emergency: row.emergency,
    requestedAt: row.requested_at,
    requestedBy: row.requested_by,
    verdicts: row.verdicts,
    policyVersion: row.policy_version,
    judgedAt: row.judged_at,
    askAgainAt: row.ask_again_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    endCode: row.end_code,
    endReason: row.end_reason,
    refresh: row.refresh && toRefreshView(row.state, row.refresh),
  };
}

function toRefreshView(promotion: PromotionState, columns: RefreshColumns): PromotionView['refresh'] {
  const { pipeline, models, between, run_id, run_number, run_state, problem } = columns;
  const facts = { promotion, isRefused: problem !== null, hasRun: run_id !== null, run: run_state };
  const run = run_id === null || run_number === null ? null : { id: run_id, number: run_number };
  return { pipeline, models, between, state: judgeRefresh(facts), problem, run };
}
