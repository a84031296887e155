// Sign-offs as gates take them: with whose word each is, and whether its person still has the role.
import type { DeployPlanView, SignOffView } from '@towpath/api';
import { type AccessPolicy, type DeployPlanSignOff, grantsAt, listGrants, type SignOff } from '@towpath/core';
import { findAccess } from '../access/operations/find-access.ts';
import type { Db } from '../db/database.ts';
import { listSignOffs } from './operations/list-sign-offs.ts';
import { listPlanSpeakers, listSpeakers, type Speaker } from './operations/list-speakers.ts';

interface Place {
  readonly environment: string;
  readonly access: AccessPolicy;
}

/** Those of a release in an environment that are not withdrawn. */
export async function readSignOffs(db: Db, environment: string, releaseId: string): Promise<readonly SignOff[]> {
  const all = (await listSignOffs(db, { releaseId, environment })).filter(({ withdrawnAt }) => withdrawnAt === null);
  if (all.length === 0) return [];
  const speakers = await listSpeakers(db, releaseId, environment);
  const place = { environment, access: (await findAccess(db)).policy };
  return all.map((one) => ({ ...toFact(one), ...describeSpeaker(speakers, one.id, one.role, place) }));
}

/** Those of a deploy plan. */
export async function readPlanSignOffs(
  db: Db,
  environment: string,
  { id, signOffs }: DeployPlanView,
): Promise<readonly DeployPlanSignOff[]> {
  if (signOffs.length === 0) return [];
  const speakers = await listPlanSpeakers(db, id);
  const place = { environment, access: (await findAccess(db)).policy };
  return signOffs.map(({ givenAt, accessRevokedAt, ...word }) => ({
    ...word,
    givenAtMs: Date.parse(givenAt),
    accessRevokedAtMs: toMs(accessRevokedAt),
    ...describeSpeaker(speakers, word.person, word.role, place),
  }));
}

function toFact({ releaseId, environment, role, person, decision, note, ...when }: SignOffView): SignOff {
  return {
    ...{ releaseId, environment, role, person, decision, note },
    givenAtMs: Date.parse(when.givenAt),
    expiresAtMs: Date.parse(when.expiresAt),
    accessRevokedAtMs: toMs(when.accessRevokedAt),
  };
}

function describeSpeaker(speakers: readonly Speaker[], id: string, role: string, place: Place) {
  const speaker = speakers.find((one) => one.id === id);
  if (!speaker) return {};
  const isRoleLost = speaker.isByBinding && speaker.groups !== null && !hasRole(speaker, speaker.groups, role, place);
  return { account: speaker.account, ...(isRoleLost && { isRoleLost }) };
}

/** By the bindings in force, with the groups that they came with last. */
function hasRole({ person }: Speaker, groups: readonly string[], role: string, { environment, access }: Place) {
  const grants = listGrants(access, { name: person, groups });
  return grantsAt(grants, { environment }).some((grant) => grant.role === role);
}

function toMs(instant: string | null): number | null {
  return instant === null ? null : Date.parse(instant);
}
