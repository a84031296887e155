import type pg from 'pg';
import type { OidcClient } from '../access/oidc/oidc-client.ts';
import type { RefusalDesk } from '../access/refusals/refusal-desk.ts';
import type { AuditSigner } from '../audit/audit-signer.ts';
import type { EvidenceDesk } from '../evidence/evidence-desk.ts';
import type { Hints } from '../hints/hints.ts';
import type { Metrics } from '../metrics/create-metrics.ts';
import type { HolidayBook } from '../promotions/holiday-book.ts';
import type { RunStarter } from '../runs/run-starter.ts';
import type { Identity } from './identity.ts';

/** What routes work with; made once per server. */
export interface ServerContext {
  readonly pool: pg.Pool;
  readonly hints: Hints;
  /** Aborted when the server closes: long polls and streams end. */
  readonly closing: AbortSignal;
  readonly version: string;
  readonly leaseSeconds: number;
  /** Bank holidays of calendars. */
  readonly holidays: HolidayBook;
  /** Asks outside services. */
  readonly evidence: EvidenceDesk;
  /** Undefined: this server signs no checkpoints. */
  readonly auditSigner: AuditSigner | undefined;
  /** Undefined: people come by links and tokens alone. */
  readonly oidc: OidcClient | undefined;
  /** Address by which browsers call this server, without a slash at its end; undefined: the one they name. */
  readonly publicUrl: string | undefined;
  readonly metrics: Metrics;
  readonly startRun: RunStarter;
  /** Whose a bearer token is, found out after it was asked. */
  findByToken(token: string): Promise<Identity | undefined>;
  /** Told of credentials that are not taken. */
  readonly refusals: RefusalDesk;
  /** Includes the port, so that two servers on one machine don't log each other's people out. */
  cookieName(): string;
}
