// The commands behind the buttons of promotions, releases and calendars. They name their environment always.
import { formatCommand, formatOption, joinCommand, quoteShell } from './format-command.ts';

/** What a promotion is asked for with. */
export interface PromoteOptions {
  readonly rollbackPlan?: string | undefined;
  /** RFC 3339. */
  readonly notBefore?: string | undefined;
  readonly note?: string | undefined;
  readonly changeRecord?: string | undefined;
  /** Why it can't wait. */
  readonly emergency?: { readonly reason: string } | undefined;
}

/** `npx towpath promote v1.3.3 --to prod --rollback-plan <text>`. */
export function formatPromoteCommand(version: string, environment: string, options: PromoteOptions = {}): string {
  return joinCommand(
    formatCommand('promote'),
    quoteShell(version),
    formatOption('to', environment),
    formatOption('not-before', options.notBefore),
    formatOption('rollback-plan', options.rollbackPlan),
    formatOption('change', options.changeRecord),
    options.emergency ? `--emergency ${formatReason(options.emergency.reason)}` : '',
    formatOption('note', options.note),
  );
}

/** `npx towpath signoff give v1.3.3 --environment prod --refuse --note <note>`. */
export function formatSignOffCommand(
  version: string,
  environment: string,
  { decision, note }: { readonly decision: 'approved' | 'refused'; readonly note?: string | undefined },
): string {
  const words = [formatCommand('signoff give'), quoteShell(version), formatOption('environment', environment)];
  return joinCommand(...words, decision === 'refused' ? '--refuse' : '', formatOption('note', note));
}

/** `npx towpath signoff give v1.3.3 --environment prod --plan 3f2a91bc07de`. */
export function formatSignPlanCommand(
  version: string,
  environment: string,
  { sha256, ...said }: { readonly sha256: string } & Parameters<typeof formatSignOffCommand>[2],
): string {
  return joinCommand(formatSignOffCommand(version, environment, said), formatOption('plan', sha256));
}

/** `npx towpath signoff withdraw v1.3.3 --environment prod --name ada`. */
export function formatWithdrawCommand(version: string, environment: string, person: string): string {
  const words = [formatCommand('signoff withdraw'), quoteShell(version), formatOption('environment', environment)];
  return joinCommand(...words, formatOption('name', person));
}

/** `npx towpath signoff lift v1.3.3 --environment prod --name ada --reason <reason>`. */
export function formatLiftRefusalCommand(
  { version, environment, person }: { readonly version: string; readonly environment: string; readonly person: string },
  reason: string | undefined,
): string {
  const words = [formatCommand('signoff lift'), quoteShell(version), formatOption('environment', environment)];
  return joinCommand(...words, formatOption('name', person), formatReason(reason));
}

/** `npx towpath promotions abort prod --reason <reason>`. */
export function formatAbortCommand(environment: string, reason: string | undefined): string {
  return joinCommand(formatCommand('promotions abort'), quoteShell(environment), formatReason(reason));
}

/** `npx towpath promotions retry prod`. */
export function formatRetryCommand(environment: string): string {
  return joinCommand(formatCommand('promotions retry'), quoteShell(environment));
}

/** `npx towpath rollback prod --from v1.3.3 --reason <reason>`. */
export function formatRollbackCommand(
  environment: string,
  from: string,
  reason: string | undefined,
  refresh?: { readonly models: readonly string[]; readonly pipeline?: string | undefined },
): string {
  return joinCommand(
    formatCommand('rollback'),
    quoteShell(environment),
    formatOption('from', from),
    formatOption('full-refresh', refresh?.models.join(',')),
    formatOption('by', refresh?.pipeline),
    formatReason(reason),
  );
}

/** `npx towpath freeze declare prod --reason <reason> --until <instant>`. */
export function formatFreezeCommand(
  environment: string,
  { reason, until }: { readonly reason: string | undefined; readonly until: string | undefined },
): string {
  const words = [formatCommand('freeze declare'), quoteShell(environment), formatReason(reason)];
  return joinCommand(...words, formatOption('until', until));
}

/** `npx towpath freeze lift <id> --why <note>`. */
export function formatLiftCommand(freezeId: string, why: string | undefined): string {
  return joinCommand(formatCommand('freeze lift'), freezeId, formatOption('why', why));
}

/** The CLI wants a reason; until one is typed, its place is shown. */
function formatReason(reason: string | undefined): string {
  return reason ? formatOption('reason', reason) : '--reason …';
}
