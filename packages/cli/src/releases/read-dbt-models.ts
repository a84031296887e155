// The models of a dbt project as its manifest has them. The manifest itself differs with every parse (ids, times); what is kept of it
// is the same for the same content: checksums, configuration, macros, and who reads whom.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReleaseBillSchema } from '@towpath/api';
import { formatCanonicalJson, TowpathError } from '@towpath/core';
import { z } from 'zod';
import type { Commit } from './ask-git.ts';
import { findStaleFile, type ParsedFile } from './find-stale-file.ts';
import { listDbtFiles } from './list-dbt-files.ts';
import { requireCommitted } from './require-committed.ts';

const Node = z.object({
  unique_id: z.string(),
  resource_type: z.string(),
  package_name: z.string(),
  original_file_path: z.string(),
  checksum: z.object({ name: z.string(), checksum: z.string() }),
  config: z.record(z.string(), z.json()).default({}),
  depends_on: z
    .object({ nodes: z.array(z.string()).default([]), macros: z.array(z.string()).default([]) })
    .default({ nodes: [], macros: [] }),
});
type Node = z.output<typeof Node>;

const Macro = z.object({
  package_name: z.string(),
  original_file_path: z.string(),
  macro_sql: z.string(),
  depends_on: z.object({ macros: z.array(z.string()).default([]) }).default({ macros: [] }),
});

/** As far as it is used; versions 7 and later have all of it. */
const Manifest = z.object({
  metadata: z.object({ project_name: z.string(), generated_at: z.string() }),
  nodes: z.record(z.string(), z.unknown()),
  macros: z.record(z.string(), Macro),
  disabled: z.record(z.string(), z.array(z.unknown())).nullish(),
});
type Manifest = z.output<typeof Manifest>;

type Released = NonNullable<z.input<typeof ReleaseBillSchema>['dbt']>;

/** What holds data; tests and analyses hold none. */
const KINDS = ['model', 'snapshot', 'seed'];

/**
 * Reads `target/manifest.json` of a dbt project, and compares it with the project's files, and those with the commit.
 *
 * @throws TowpathError `DBT_MANIFEST_MISSING`, `DBT_MANIFEST_STALE`, `RELEASE_UNCOMMITTED`, `GIT_UNAVAILABLE`
 */
export async function readDbtModels(commit: Commit, folder: string): Promise<Released> {
  const manifest = readManifest(folder);
  const files = listDbtFiles(folder);
  await requireCommitted(commit, { folder, files, outside: { reached: [], linked: [] } });
  const { project_name: project, generated_at: parsedAt } = manifest.metadata;
  const nodes = Object.values(manifest.nodes).flatMap((value) => {
    const parsed = Node.safeParse(value);
    return parsed.success && KINDS.includes(parsed.data.resource_type) ? [parsed.data] : [];
  });
  const stale = findStaleFile({ folder, files, parsedAt: Date.parse(parsedAt), parsed: listParsed(manifest) });
  if (stale !== undefined) throw manifestStale(stale);
  const names = new Set(nodes.map(({ unique_id }) => unique_id));
  return { project, models: nodes.map((node) => toModel(node, manifest.macros, names)) };
}

const Parsed = z.object({
  package_name: z.string(),
  original_file_path: z.string(),
  checksum: Node.shape.checksum.optional(),
  macro_sql: z.string().optional(),
});

/** All of the project's own: also tests, macros, and what is disabled. */
function listParsed({ metadata, nodes, macros, disabled }: Manifest): readonly ParsedFile[] {
  const all = [...Object.values(nodes), ...Object.values(macros), ...Object.values(disabled ?? {}).flat()];
  return all.flatMap((value) => {
    const { data } = Parsed.safeParse(value);
    if (data?.package_name !== metadata.project_name) return [];
    const { original_file_path: path, checksum, macro_sql: macro } = data;
    return [{ path, macro, sha256: checksum?.name === 'sha256' ? checksum.checksum : undefined }];
  });
}

function readManifest(folder: string): Manifest {
  const path = join(folder, 'target', 'manifest.json');
  try {
    return Manifest.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (thrown) {
    throw manifestMissing(path, thrown);
  }
}

function toModel(node: Node, macros: Manifest['macros'], names: ReadonlySet<string>): Released['models'][number] {
  const { unique_id: name, checksum, config, depends_on } = node;
  const used = listMacros(depends_on.macros, macros).map((id) => [id, sha256(macros[id]?.macro_sql ?? '')]);
  const content = { file: checksum.checksum, config, macros: Object.fromEntries(used) };
  return {
    name,
    checksum: sha256(formatCanonicalJson(content)),
    dependsOn: [...new Set(depends_on.nodes)].filter((id) => names.has(id)).sort(),
    ...(typeof config.materialized === 'string' && { materialized: config.materialized }),
    ...(config.full_refresh === false && { isNeverRefreshed: true }),
  };
}

/** Those that are named, and those that they use. */
function listMacros(named: readonly string[], macros: Manifest['macros']): readonly string[] {
  const seen = new Set<string>();
  const left = [...named];
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    left.push(...(macros[id]?.depends_on.macros ?? []));
  }
  return [...seen].sort();
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function manifestMissing(path: string, thrown: unknown): TowpathError {
  return new TowpathError({
    code: 'DBT_MANIFEST_MISSING',
    message: `${path} is no manifest of dbt that can be read.`,
    cause: thrown instanceof Error ? thrown.message.slice(0, 500) : undefined,
    fix: 'Let dbt write it: `dbt parse` in the project that `dbt.folder` of towpath.yaml names.',
  });
}

function manifestStale(file: string): TowpathError {
  return new TowpathError({
    code: 'DBT_MANIFEST_STALE',
    message: `The manifest of dbt is of another ${file} than lies there.`,
    cause:
      'A release would name models that it has not; what has no checksum in it counts as another one when it was written later.',
    fix: 'Let dbt write it anew: `dbt parse`.',
  });
}
