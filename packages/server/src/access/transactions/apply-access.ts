import type { AccessView } from '@towpath/api';
import { type AccessPolicy, formatCanonicalJson, isServiceAccount, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { hashCanonicalJson } from '../../code/graph-hash.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { publish } from '../../events/transactions/publish.ts';
import { lockDecisions } from '../../promotions/operations/lock-decisions.ts';
import { environmentExists } from '../operations/environment-exists.ts';
import { findAccess } from '../operations/find-access.ts';
import { insertAccess, type NewAccess } from '../operations/insert-access.ts';
import { type Giver, requireOwnBindings } from '../require-own-role.ts';
import { toAccessView } from '../to-access-view.ts';

/**
 * Puts bindings in force and returns them; event streams of who lost their rights end. Locks: the decisions about access. The
 * bindings in force again change nothing.
 *
 * @throws TowpathError `ACCESS_INVALID`, `ROLE_NOT_HELD`
 */
export function applyAccess(pool: pg.Pool, access: NewAccess, giver: Giver): Promise<AccessView> {
  return withTransaction(pool, async (tx) => {
    // A name that no environment can have.
    await lockDecisions(tx, 'access of all');
    const problems = await listProblems(tx, access.policy);
    if (problems.length > 0) throw accessInvalid(problems);
    const before = await findAccess(tx);
    requireOwnBindings(giver, before.policy, access.policy);
    if (formatCanonicalJson(before.policy) !== formatCanonicalJson(access.policy)) {
      const version = await insertAccess(tx, access);
      await audit(tx, access, version);
      // What somebody signed counts as long as they have the role.
      await publish(tx, { events: [], topics: new Set(['access', 'promotions']) });
    }
    return toAccessView(await findAccess(tx));
  });
}

// A name that is mistyped would give nothing to anybody, silently.
async function listProblems(tx: Transaction, { bindings }: AccessPolicy): Promise<readonly string[]> {
  const names = [...new Set(bindings.flatMap(({ environments }) => environments ?? []))];
  const found = await Promise.all(names.map((name) => environmentExists(tx, name)));
  const unknown = names.filter((_, index) => !found[index]).map((name) => `There is no environment ${name}.`);
  const posing = bindings.flatMap((binding) =>
    'person' in binding && isServiceAccount(binding.person)
      ? [`${binding.person} is bound as \`serviceAccount\`, without what stands before its name.`]
      : [],
  );
  return [...unknown, ...posing];
}

async function audit(tx: Transaction, { policy, by, note }: NewAccess, version: number): Promise<void> {
  await writeAudit(tx, {
    actor: { kind: 'person', name: by },
    action: 'access.applied',
    subject: { kind: 'access', id: String(version), name: `access ${version}` },
    environment: null,
    why: note,
    details: { sha256: hashCanonicalJson(policy), bindings: policy.bindings.length },
  });
}

function accessInvalid(problems: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'ACCESS_INVALID',
    message: 'The bindings were not applied.',
    cause: problems.join(' '),
    fix: 'Correct them; those before hold until then.',
  });
}
