// A release is recorded with its graphs: from then on nobody evaluates its code again.
import type { CreateRelease, ReleaseView } from '@towpath/api';
import {
  addDigests,
  findReleaseProblems,
  listDatakits,
  RELEASE_SCHEMA_VERSION,
  type ReleaseBill,
  toOrderedBill,
} from '@towpath/core';
import type pg from 'pg';
import type { z } from 'zod';
import { findHuman } from '../../access/operations/find-human.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { checkRegistration } from '../../code/check-registration.ts';
import { hashCanonicalJson } from '../../code/graph-hash.ts';
import { insertGraphTasks } from '../../code/operations/insert-graph-tasks.ts';
import { type HashedGraph, insertGraphs } from '../../code/operations/insert-graphs.ts';
import { checkBundle } from '../../code/replace-code.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { findRelease } from '../operations/find-release.ts';
import { insertRelease } from '../operations/insert-release.ts';
import { listReleases } from '../operations/list-releases.ts';
import { contentKnown, releaseInvalid, versionTaken } from '../release-errors.ts';

/** What is to be recorded, and who says so. */
export type ReleaseRequest = z.output<NonNullable<(typeof CreateRelease)['body']>> & {
  readonly createdBy: string;
  /** The token it is said with; null: none. */
  readonly tokenId?: string | null | undefined;
};

/** The release, and whether it was recorded by this call. */
export interface CreatedRelease {
  readonly release: ReleaseView;
  readonly isNew: boolean;
}

/**
 * Records a release with its graphs. Idempotent. Locks: another recording of the same id or version.
 *
 * @throws TowpathError `RELEASE_VERSION_INVALID`, `CHANGELOG_ENTRY_MISSING`, `GIT_SHA_INVALID`, `RELEASE_EMPTY`,
 * `RELEASE_VERSION_TAKEN`, `RELEASE_CONTENT_KNOWN`, `GRAPH_INVALID`, `BUNDLE_UNKNOWN`
 */
export function createRelease(pool: pg.Pool, request: ReleaseRequest): Promise<CreatedRelease> {
  const { version, changelog, createdBy, createdFrom, pipelines } = request;
  const graphs = pipelines.map(({ sourceFile, graph }) => ({ sourceFile, graph, hash: hashCanonicalJson(graph) }));
  const bill = toBill(request, graphs);
  const problems = findReleaseProblems(version, changelog, bill);
  if (problems.length > 0) throw releaseInvalid(problems);
  // An environment's own pools don't count: the release has to run in all of them.
  checkRegistration(pipelines, new Set(Object.keys(bill.pools)));
  const id = hashCanonicalJson(bill);
  return withTransaction(pool, 'create-release', async (tx) => {
    await checkBundle(tx, request);
    await storeGraphs(tx, graphs);
    const behind = await findHuman(tx, { name: createdBy, tokenId: request.tokenId });
    const isNew = await insertRelease(tx, { id, version, bill, changelog, createdBy, createdFrom, behind });
    const release = await findRelease(tx, id);
    const older = isNew ? undefined : await findOlder(tx, bill);
    if (older?.version === version) return { release: older, isNew };
    if (release?.version !== version) throw await refuse(tx, request, release);
    if (isNew) {
      await audit(tx, release);
      await publish(tx, { ...createOutbox(), topics: new Set(['promotions']) });
    }
    return { release, isNew };
  });
}

/** The same content as an older command line recorded it: without its declaration. */
async function findOlder(tx: Transaction, { declaration: _, ...bill }: ReleaseBill): Promise<ReleaseView | undefined> {
  return findRelease(tx, hashCanonicalJson(bill));
}

type ReleasedGraph = HashedGraph & { readonly sourceFile: string };

function toBill(request: ReleaseRequest, graphs: readonly ReleasedGraph[]): ReleaseBill {
  const { project, gitSha, bundleHash, pools, configurationHash, declaration, images = [], dbt } = request;
  return toOrderedBill({
    schemaVersion: RELEASE_SCHEMA_VERSION,
    project,
    gitSha,
    bundleHash,
    pipelines: graphs.map(({ graph, sourceFile, hash }) => ({ name: graph.pipeline, sourceFile, graphHash: hash })),
    datakits: addDigests(listDatakits(graphs.map(({ graph }) => graph)), images),
    pools,
    configurationHash,
    ...(declaration && { declaration }),
    dbt,
  });
}

async function storeGraphs(tx: Transaction, graphs: readonly HashedGraph[]): Promise<void> {
  const inserted = await insertGraphs(tx, graphs);
  const isNew = new Map(graphs.filter(({ hash }) => inserted.has(hash)).map((graph) => [graph.hash, graph]));
  await insertGraphTasks(tx, [...isNew.values()]);
}

async function refuse(tx: Transaction, { project, version }: ReleaseRequest, same: ReleaseView | undefined) {
  if (same) return contentKnown(version, same.version);
  const [taken] = await listReleases(tx, { project, version, limit: 1 });
  if (!taken) throw new Error(`release ${version} was neither recorded nor found`);
  return versionTaken(version, taken.id);
}

async function audit(tx: Transaction, release: ReleaseView): Promise<void> {
  const { id, version, project, createdBy, createdFrom, bill } = release;
  await writeAudit(tx, {
    actor: { kind: 'person', name: createdBy },
    action: 'release.recorded',
    subject: { kind: 'release', id, name: version },
    environment: null,
    details: { project, gitSha: bill.gitSha, bundleHash: bill.bundleHash, createdFrom },
  });
}
