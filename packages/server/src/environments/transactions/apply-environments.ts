// A project's word about its environments becomes true: all of it or nothing, and never by surprise.
import type { DeclaredEnvironment, EnvironmentChangeView } from '@towpath/api';
import {
  type ApplyPolicy,
  type ApplyRefusal,
  type EnvironmentChange,
  planEnvironmentChanges,
  TOWPATH,
  TowpathError,
} from '@towpath/core';
import type pg from 'pg';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { declareEnvironments } from '../operations/declare-environments.ts';
import { lockDeclarations } from '../operations/lock-declarations.ts';
import { formatDeclaration, lockEnvironments } from '../operations/lock-environments.ts';
import { removeEnvironments } from '../operations/remove-environments.ts';

/** A declaration, and who applies it. */
export interface ApplyRequest extends ApplyPolicy {
  readonly environments: readonly DeclaredEnvironment[];
  readonly isDryRun: boolean;
  readonly by: string;
  readonly why?: string | undefined;
}

/**
 * Applies a declaration and returns what changed. Locks: other declarations, then all environments in name order. Idempotent: repeated, it leaves no
 * entry in the audit.
 *
 * @throws TowpathError `ENVIRONMENT_DUPLICATE`, `ENVIRONMENT_KIND_CHANGED`, `ENVIRONMENT_IN_USE`,
 * `ENVIRONMENT_OF_OTHER_PROJECT`
 */
export function applyEnvironments(pool: pg.Pool, request: ApplyRequest): Promise<EnvironmentChangeView[]> {
  const placed = request.environments.map((declaration, at) => ({ declaration, position: at + 1 }));
  refuseDuplicates(request.environments);
  return withTransaction(pool, 'apply-environments', async (tx) => {
    const wanted = placed.map(({ declaration, position }) => ({
      name: declaration.name,
      kind: declaration.kind,
      declarationText: formatDeclaration(position, declaration),
    }));
    await lockDeclarations(tx);
    const { changes, refusals } = planEnvironmentChanges(await lockEnvironments(tx), wanted, request);
    const [first] = refusals;
    if (first) throw refused(first, refusals);
    if (!request.isDryRun) await writeChanges(tx, request, { placed, changes });
    return [...changes];
  });
}

interface Planned {
  readonly placed: readonly { readonly declaration: DeclaredEnvironment; readonly position: number }[];
  readonly changes: readonly EnvironmentChange[];
}

async function writeChanges(tx: Transaction, request: ApplyRequest, { placed, changes }: Planned): Promise<void> {
  const moved = changes.filter(({ change }) => change !== 'unchanged');
  const isWritten = new Map(moved.map(({ name, change }) => [name, change !== 'withdrawn']));
  const environments = placed.filter(({ declaration }) => isWritten.get(declaration.name));
  await declareEnvironments(tx, { project: request.project, by: request.by, environments });
  const withdrawn = moved.filter(({ change }) => change === 'withdrawn').map(({ name }) => name);
  await removeEnvironments(tx, withdrawn);
  const outbox = createOutbox();
  outbox.topics.add('absence');
  // A promotion may wait for what was declared.
  outbox.topics.add('promotions');
  for (const change of moved) {
    await auditChange(tx, request, change);
    outbox.events.push({ kind: 'environment.changed', environment: change.name });
  }
  await publish(tx, outbox);
}

async function auditChange(tx: Transaction, request: ApplyRequest, change: EnvironmentChange): Promise<void> {
  const { name, kindBefore } = change;
  const at = request.environments.findIndex((declaration) => declaration.name === name);
  await writeAudit(tx, {
    actor: { kind: 'person', name: request.by },
    action: change.change === 'withdrawn' ? 'environment.withdrawn' : 'environment.declared',
    subject: { kind: 'environment', id: name, name },
    environment: name,
    why: request.why,
    details: {
      project: request.project,
      kind: request.environments[at]?.kind,
      kindBefore,
      position: at < 0 ? undefined : at + 1,
    },
  });
}

function refuseDuplicates(environments: readonly DeclaredEnvironment[]): void {
  const names = environments.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return;
  throw new TowpathError({
    code: 'ENVIRONMENT_DUPLICATE',
    message: `Environment ${twice} is declared twice.`,
    fix: 'Leave one of both out.',
  });
}

const FIXES: Readonly<Record<ApplyRefusal['code'], string>> = {
  ENVIRONMENT_KIND_CHANGED: `If it is meant: \`${TOWPATH} env apply --change-kind NAME\`. It is audited.`,
  ENVIRONMENT_IN_USE: 'Declare it again; an environment that was used stays, with its history.',
  ENVIRONMENT_OF_OTHER_PROJECT: 'Take another name: runs, agents and owned resources belong to one project.',
};

function refused(first: ApplyRefusal, all: readonly ApplyRefusal[]): TowpathError {
  return new TowpathError({
    code: first.code,
    message: 'The declaration was not applied; nothing has changed.',
    cause: all.map(({ name, detail }) => `${name}: ${detail}`).join(' '),
    fix: FIXES[first.code],
  });
}
