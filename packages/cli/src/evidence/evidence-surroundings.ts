import type { ServerOptions } from '@towpath/server';

/**
 * What a server lends its sources of evidence, of variables like `process.env`: those named `TOWPATH_EVIDENCE_…`, and the folder
 * of `TOWPATH_EVIDENCE_FOLDER`. Read when a source asks, so that a policy may name one later.
 */
export function readEvidenceSurroundings(
  variables: Readonly<Record<string, string | undefined>>,
): NonNullable<ServerOptions['evidence']> {
  return { readVariable: (name) => variables[name], folder: variables.TOWPATH_EVIDENCE_FOLDER || undefined };
}
