import { realpathSync } from 'node:fs';
import { SECRET_VARIABLE_PATTERN, TowpathError } from '@towpath/core';
import type { ServerOptions } from '@towpath/server';

type Variables = Readonly<Record<string, string | undefined>>;

const FOLDER = 'TOWPATH_EVIDENCE_FOLDER';

/**
 * What a server lends its sources of evidence, of variables like `process.env`: those named `TOWPATH_EVIDENCE_…`, and the folder
 * of `TOWPATH_EVIDENCE_FOLDER`. Read when a source asks, so that a policy may name one later.
 */
export function readEvidenceSurroundings(variables: Variables): NonNullable<ServerOptions['evidence']> {
  return { readVariable: (name) => variables[name], folder: variables[FOLDER] || undefined };
}

/** Of a shell's variables those that a source may name; the one of the folder names `inside` instead, where there is one. */
export function pickEvidenceVariables(variables: Variables, inside: string): Record<string, string> {
  const named = Object.entries(variables).flatMap(([name, value]): [string, string][] =>
    SECRET_VARIABLE_PATTERN.test(name) && value !== undefined && value !== '' ? [[name, value]] : [],
  );
  return Object.fromEntries(named.map(([name, value]) => [name, name === FOLDER ? inside : value]));
}

/**
 * The folder of evidence that somebody writes down, by its real path; undefined: none is named.
 *
 * @throws TowpathError `EVIDENCE_FOLDER_MISSING`
 */
export function findEvidenceFolder(variables: Variables): string | undefined {
  const named = variables[FOLDER];
  if (!named) return undefined;
  try {
    return realpathSync(named);
  } catch (cause) {
    const message = `There is no folder ${named}, which ${FOLDER} names.`;
    const fix = `Make it, or unset ${FOLDER}.`;
    throw new TowpathError({ code: 'EVIDENCE_FOLDER_MISSING', message, fix }, { cause });
  }
}
