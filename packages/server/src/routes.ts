// Every route of the server, as a list one can read.
import type { FastifyInstance } from 'fastify';
import { registerApplyAccess } from './access/routes/apply-access.ts';
import { registerCheckAccess } from './access/routes/check-access.ts';
import { registerCreateConsoleLink } from './access/routes/create-console-link.ts';
import { registerFinishLogin } from './access/routes/finish-login.ts';
import { registerGetAccess } from './access/routes/get-access.ts';
import { registerGetLoginOptions } from './access/routes/get-login-options.ts';
import { registerGetSession } from './access/routes/get-session.ts';
import { registerIssueToken } from './access/routes/issue-token.ts';
import { registerListTokens } from './access/routes/list-tokens.ts';
import { registerOpenConsole } from './access/routes/open-console.ts';
import { registerRedeemLogin } from './access/routes/redeem-login.ts';
import { registerRevokePerson } from './access/routes/revoke-person.ts';
import { registerRevokeToken } from './access/routes/revoke-token.ts';
import { registerSignOut } from './access/routes/sign-out.ts';
import { registerStartLogin } from './access/routes/start-login.ts';
import { registerCloseSession } from './agents/routes/close-session.ts';
import { registerOpenSession } from './agents/routes/open-session.ts';
import { registerRenewSession } from './agents/routes/renew-session.ts';
import { registerClaimAttempts } from './attempts/routes/claim-attempts.ts';
import { registerFinishAttempts } from './attempts/routes/finish-attempts.ts';
import { registerGiveUpAttempt } from './attempts/routes/give-up-attempt.ts';
import { registerReportStarted } from './attempts/routes/report-started.ts';
import { registerReturnAttempts } from './attempts/routes/return-attempts.ts';
import { registerExportAudit } from './audit/routes/export-audit.ts';
import { registerGetAuditStatus } from './audit/routes/get-audit-status.ts';
import { registerListAudit } from './audit/routes/list-audit.ts';
import { registerReportAgentAudit } from './audit/routes/report-agent-audit.ts';
import { registerDownloadBundle } from './code/routes/download-bundle.ts';
import { registerFetchBundle } from './code/routes/fetch-bundle.ts';
import { registerIssueBundleToken } from './code/routes/issue-bundle-token.ts';
import { registerListPipelines } from './code/routes/list-pipelines.ts';
import { registerRegisterCode } from './code/routes/register-code.ts';
import { registerUploadBundle } from './code/routes/upload-bundle.ts';
import { registerListDatakits } from './datakits/routes/list-datakits.ts';
import { registerListNamedDatakits } from './datakits/routes/list-named-datakits.ts';
import { registerReportDatakits } from './datakits/routes/report-datakits.ts';
import { registerApplyEnvironments } from './environments/routes/apply-environments.ts';
import { registerGetConfiguration } from './environments/routes/get-configuration.ts';
import { registerListEnvironments } from './environments/routes/list-environments.ts';
import { registerReportConfiguration } from './environments/routes/report-configuration.ts';
import { registerStreamEvents } from './events/routes/stream-events.ts';
import { registerListEvidence } from './evidence/routes/list-evidence.ts';
import { registerTestEvidenceSource } from './evidence/routes/test-evidence-source.ts';
import { registerGetHealth } from './health/routes/get-health.ts';
import type { ServerContext } from './http/server-context.ts';
import { registerAppendLog } from './logs/routes/append-log.ts';
import { registerReadLog } from './logs/routes/read-log.ts';
import { registerGetMetrics } from './metrics/routes/get-metrics.ts';
import { registerClaimDeliveries } from './notifications/routes/claim-deliveries.ts';
import { registerListNotifications } from './notifications/routes/list-notifications.ts';
import { registerReportDeliveries } from './notifications/routes/report-deliveries.ts';
import { registerGetOpenApi } from './openapi/routes/get-openapi.ts';
import { registerListPools } from './pools/routes/list-pools.ts';
import { registerSetPool } from './pools/routes/set-pool.ts';
import { registerAbortPromotion } from './promotions/routes/abort-promotion.ts';
import { registerApplyPolicy } from './promotions/routes/apply-policy.ts';
import { registerDeclareFreeze } from './promotions/routes/declare-freeze.ts';
import { registerGetBoard } from './promotions/routes/get-board.ts';
import { registerGetCalendar } from './promotions/routes/get-calendar.ts';
import { registerGetCalendarFeed } from './promotions/routes/get-calendar-feed.ts';
import { registerGetPolicy } from './promotions/routes/get-policy.ts';
import { registerGetPromotion } from './promotions/routes/get-promotion.ts';
import { registerGiveSignOff } from './promotions/routes/give-sign-off.ts';
import { registerLiftFreeze } from './promotions/routes/lift-freeze.ts';
import { registerLiftRefusal } from './promotions/routes/lift-refusal.ts';
import { registerListDeployPlans } from './promotions/routes/list-deploy-plans.ts';
import { registerListPromotions } from './promotions/routes/list-promotions.ts';
import { registerListSignOffs } from './promotions/routes/list-sign-offs.ts';
import { registerOpenPromotion } from './promotions/routes/open-promotion.ts';
import { registerPlanPromotion } from './promotions/routes/plan-promotion.ts';
import { registerPlanRollback } from './promotions/routes/plan-rollback.ts';
import { registerReplayPolicy } from './promotions/routes/replay-policy.ts';
import { registerReportDeployPlan } from './promotions/routes/report-deploy-plan.ts';
import { registerReportRelease } from './promotions/routes/report-release.ts';
import { registerRetryPromotion } from './promotions/routes/retry-promotion.ts';
import { registerRollBack } from './promotions/routes/roll-back.ts';
import { registerSignDeployPlan } from './promotions/routes/sign-deploy-plan.ts';
import { registerWatchRelease } from './promotions/routes/watch-release.ts';
import { registerWithdrawSignOff } from './promotions/routes/withdraw-sign-off.ts';
import { registerCompareReleases } from './releases/routes/compare-releases.ts';
import { registerCreateRelease } from './releases/routes/create-release.ts';
import { registerGetRelease } from './releases/routes/get-release.ts';
import { registerListReleases } from './releases/routes/list-releases.ts';
import { registerUploadReleaseBundle } from './releases/routes/upload-release-bundle.ts';
import { registerClaimRetention } from './retention/routes/claim-retention.ts';
import { registerCancelRun } from './runs/routes/cancel-run.ts';
import { registerFindRunByNumber } from './runs/routes/find-run-by-number.ts';
import { registerGetRun } from './runs/routes/get-run.ts';
import { registerListRuns } from './runs/routes/list-runs.ts';
import { registerRerunRun } from './runs/routes/rerun-run.ts';
import { registerStartRun } from './runs/routes/start-run.ts';
import { registerListScheduleSlots } from './schedules/routes/list-schedule-slots.ts';
import { registerListSchedules } from './schedules/routes/list-schedules.ts';
import { registerPauseSchedule } from './schedules/routes/pause-schedule.ts';
import { registerResumeSchedule } from './schedules/routes/resume-schedule.ts';
import { registerRunScheduleNow } from './schedules/routes/run-schedule-now.ts';

const ROUTES: readonly ((app: FastifyInstance, context: ServerContext) => void)[] = [
  registerGetHealth,
  registerGetMetrics,
  registerGetOpenApi,
  registerOpenConsole,
  registerGetSession,
  registerCreateConsoleLink,
  registerGetLoginOptions,
  registerStartLogin,
  registerFinishLogin,
  registerRedeemLogin,
  registerSignOut,
  registerGetAccess,
  registerApplyAccess,
  registerCheckAccess,
  registerListTokens,
  registerIssueToken,
  registerRevokeToken,
  registerRevokePerson,
  registerListEnvironments,
  registerApplyEnvironments,
  registerGetConfiguration,
  registerReportConfiguration,
  registerListDatakits,
  registerListNamedDatakits,
  registerReportDatakits,
  registerListNotifications,
  registerClaimDeliveries,
  registerReportDeliveries,
  registerClaimRetention,
  registerListPipelines,
  registerListPools,
  registerSetPool,
  registerListSchedules,
  registerListScheduleSlots,
  registerPauseSchedule,
  registerResumeSchedule,
  registerRunScheduleNow,
  registerCreateRelease,
  registerListReleases,
  registerGetRelease,
  registerCompareReleases,
  registerUploadReleaseBundle,
  registerOpenPromotion,
  registerPlanPromotion,
  registerListPromotions,
  registerGetPromotion,
  registerAbortPromotion,
  registerRetryPromotion,
  registerRollBack,
  registerPlanRollback,
  registerGetBoard,
  registerListDeployPlans,
  registerSignDeployPlan,
  registerReportDeployPlan,
  registerGiveSignOff,
  registerWithdrawSignOff,
  registerLiftRefusal,
  registerListSignOffs,
  registerDeclareFreeze,
  registerLiftFreeze,
  registerGetCalendar,
  registerGetCalendarFeed,
  registerGetPolicy,
  registerApplyPolicy,
  registerReplayPolicy,
  registerListEvidence,
  registerTestEvidenceSource,
  registerWatchRelease,
  registerReportRelease,
  registerStartRun,
  registerListRuns,
  registerGetRun,
  registerFindRunByNumber,
  registerCancelRun,
  registerRerunRun,
  registerGiveUpAttempt,
  registerReadLog,
  registerListAudit,
  registerGetAuditStatus,
  registerExportAudit,
  registerReportAgentAudit,
  registerStreamEvents,
  registerOpenSession,
  registerRenewSession,
  registerCloseSession,
  registerClaimAttempts,
  registerReportStarted,
  registerReturnAttempts,
  registerFinishAttempts,
  registerAppendLog,
  registerUploadBundle,
  registerDownloadBundle,
  registerIssueBundleToken,
  registerFetchBundle,
  registerRegisterCode,
];

/** Registers all of them. */
export function registerRoutes(app: FastifyInstance, context: ServerContext): void {
  for (const register of ROUTES) register(app, context);
}
