// What a release declares, beside what is declared of an environment here and what its agents have values for.
import type { ReleaseView } from '@towpath/api';
import { compareDeclarations, listToBeValued, type ParityFacts } from '@towpath/core';
import type { Db } from '../db/database.ts';
import { findAppliedDeclaration } from './operations/find-applied-declaration.ts';
import { listValuedVariables } from './operations/list-valued-variables.ts';

/** Compares them. */
export async function readParity(
  db: Db,
  environment: string,
  { declaration }: ReleaseView['bill'],
): Promise<ParityFacts> {
  if (declaration === undefined) return compareDeclarations(undefined, NOTHING);
  const needed = listToBeValued(declaration, environment);
  return compareDeclarations(declaration, {
    name: environment,
    applied: await findAppliedDeclaration(db, environment),
    valued: needed.length === 0 ? new Set() : await listValuedVariables(db, environment, needed),
  });
}

const NOTHING = { name: '', applied: null, valued: new Set<string>() };
