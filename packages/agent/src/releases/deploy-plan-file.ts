// The plan file of a deploy command: it lies with the agent that made it, in a folder of its promotion, and is what its hash says or
// it is not used.
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TowpathError } from '@towpath/core';
import { readOwnFile } from '../executors/own-file.ts';

/** A plan that the environment's promotion began with. */
export interface AcceptedPlan {
  readonly id: string;
  readonly promotionId: string;
  /** Of its file, in hex. */
  readonly sha256: string;
  /** This agent has the file. */
  readonly isOwn: boolean;
}

/** A file as it lies there. */
export interface PlanFile {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Where a command finds its plan, and how it is told. */
export interface PlanPlace {
  readonly file: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** Plans of some ten thousand resources have some MiB; it is read whole. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * An empty place for the plan of a promotion; those of others go, also where a command left folders without the right to write.
 *
 * @throws TowpathError `DEPLOY_PLAN_FOLDER_UNUSABLE`
 */
export function makePlanPlace(stateFolder: string, promotionId: string): PlanPlace {
  const all = join(stateFolder, 'deploy-plans');
  try {
    mkdirSync(all, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(all)) removeWhole(join(all, name));
    const place = findPlace(stateFolder, promotionId, 'plan');
    mkdirSync(place.variables.TOWPATH_DEPLOY_FOLDER ?? '', { recursive: true, mode: 0o700 });
    return place;
  } catch (thrown) {
    throw folderUnusable(all, thrown);
  }
}

/** What lies there; undefined: nothing, nothing that is a file, or more than a plan has. */
export function readPlanFile(stateFolder: string, promotionId: string): PlanFile | undefined {
  const bytes = readBytes(findPlace(stateFolder, promotionId, 'plan').file);
  return bytes && { sha256: hash(bytes), sizeBytes: bytes.length };
}

/**
 * A copy of the file, made of the bytes whose hash was approved: what becomes of the file from now on does not matter.
 *
 * @throws TowpathError `DEPLOY_PLAN_LOST`, `DEPLOY_PLAN_CHANGED`
 */
export function takeAcceptedPlan(stateFolder: string, { promotionId, sha256 }: AcceptedPlan): PlanPlace {
  const bytes = readBytes(findPlace(stateFolder, promotionId, 'plan').file);
  if (bytes === undefined) throw lost();
  const found = hash(bytes);
  if (found !== sha256) throw changed(sha256, found);
  const place = findPlace(stateFolder, promotionId, 'accepted');
  rmSync(place.file, { force: true });
  writeFileSync(place.file, bytes, { mode: 0o400, flag: 'wx' });
  return place;
}

/** The words of a command, with the path of the plan. */
export function namePlan(words: readonly string[], file: string): readonly string[] {
  return words.map((word) => word.replaceAll('{plan}', file));
}

function findPlace(stateFolder: string, promotionId: string, name: 'plan' | 'accepted'): PlanPlace {
  const folder = join(stateFolder, 'deploy-plans', promotionId);
  const file = join(folder, name);
  return { file, variables: { TOWPATH_DEPLOY_PLAN: file, TOWPATH_DEPLOY_FOLDER: join(folder, 'work') } };
}

function readBytes(path: string): Uint8Array | undefined {
  const bytes = readOwnFile(path, { offset: 0, maxBytes: MAX_BYTES + 1 });
  return bytes === undefined || bytes.length === 0 || bytes.length > MAX_BYTES ? undefined : bytes;
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

// Caches of modules and providers are read-only by habit; only who owns a folder can open it.
function removeWhole(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    openFolders(path);
    rmSync(path, { recursive: true, force: true });
  }
}

function openFolders(path: string): void {
  if (!lstatSync(path).isDirectory()) return;
  chmodSync(path, 0o700);
  for (const name of readdirSync(path)) openFolders(join(path, name));
}

function folderUnusable(all: string, thrown: unknown): TowpathError {
  return new TowpathError(
    {
      code: 'DEPLOY_PLAN_FOLDER_UNUSABLE',
      message: `The agent can't make room for a plan: its user may not write in ${all}, or not remove what lies there.`,
      cause: thrown instanceof Error ? thrown.message : String(thrown),
      fix: `Remove ${all}, or give it to the user of the agent, on a disk that can be written to; the plan is then made by itself.`,
    },
    { cause: thrown },
  );
}

function lost(): TowpathError {
  return new TowpathError({
    code: 'DEPLOY_PLAN_LOST',
    message: 'The plan file that was approved is gone; nothing was applied.',
    fix: 'Ask again, `npx towpath promotions retry <environment>`: another plan is made, to be approved.',
  });
}

function changed(approved: string, found: string): TowpathError {
  return new TowpathError({
    code: 'DEPLOY_PLAN_CHANGED',
    message: 'The plan file is not the one that was approved; nothing was applied.',
    cause: `Approved: ${approved}. It has: ${found}.`,
    fix: "Find out who writes into the agent's state folder; then ask again for another plan.",
  });
}
