// Everything that is wrong with a datakit, at once: each key is judged by itself, so that one mistake does not hide the next.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNearest } from '@towpath/core';
import { type Document, isMap, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { findFolderProblems } from './find-folder-problems.ts';
import type { ManifestFinding } from './manifest-finding.ts';
import { DATAKIT_FILE, ManifestSchema, type PartialManifest, PartialManifestSchema } from './manifest-schema.ts';

export interface DatakitProblem {
  /** `environment[1].name`; empty for the whole file. */
  readonly key: string;
  readonly message: string;
  /** In datakit.yaml, from 1. */
  readonly line: number;
}

export interface DatakitReport {
  /** What could be read. */
  readonly manifest: PartialManifest;
  /** In the order of the file. */
  readonly problems: readonly DatakitProblem[];
}

/** Judges manifest and folder. `platformVersion` is the Towpath that would run it. */
export function validateDatakit(folder: string, platformVersion: string): DatakitReport {
  const path = join(folder, DATAKIT_FILE);
  if (!existsSync(path))
    return { manifest: {}, problems: [{ key: '', message: `there is no ${DATAKIT_FILE}`, line: 1 }] };
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number): number => Math.max(lines.linePos(offset).line, 1);
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ message, pos }) => ({ key: '', message, line: lineAt(pos[0]) }));
    return { manifest: {}, problems };
  }
  const { manifest, findings } = judgeKeys(document.toJS({ maxAliasCount: 100 }));
  const all = [...findings, ...findFolderProblems(folder, manifest, platformVersion)];
  const problems = all.map(({ key, message }) => ({
    key: formatKey(key),
    message,
    line: lineOf(document, key, lineAt),
  }));
  return { manifest, problems: problems.sort((a, b) => a.line - b.line) };
}

function judgeKeys(value: unknown): { manifest: PartialManifest; findings: readonly ManifestFinding[] } {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return {
      manifest: {},
      findings: [{ key: [], message: 'must be keys and values: name, version, kind, commands, …' }],
    };
  const result = ManifestSchema.safeParse(value);
  const findings = result.success ? [] : result.error.issues.flatMap(toFindings);
  const broken = new Set(findings.map(({ key }) => key[0]));
  const good = Object.entries(value).filter(([key]) => !broken.has(key));
  // What is wrong is left out, what is missing stays so: the rest is judged with its defaults.
  const manifest = PartialManifestSchema.safeParse(Object.fromEntries(good)).data ?? {};
  return { manifest, findings };
}

function toFindings(issue: z.core.$ZodIssue): readonly ManifestFinding[] {
  const key = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code !== 'unrecognized_keys') return [{ key, message: toMessage(issue) }];
  return issue.keys.map((name) => {
    const nearest = key.length === 0 ? findNearest(name, Object.keys(ManifestSchema.shape)) : undefined;
    return { key: [...key, name], message: `is unknown${nearest === undefined ? '' : `; did you mean ${nearest}?`}` };
  });
}

function toMessage({ code, message, input }: z.core.$ZodIssue): string {
  if (code === 'invalid_type' && input === undefined && /received undefined/.test(message)) return 'is missing';
  return message.replace(/^Invalid (?:input|option): /, '');
}

function formatKey(key: ManifestFinding['key']): string {
  return key.map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? part : `.${part}`)).join('');
}

/** Of the deepest part of a key that stands in the file. */
function lineOf(document: Document, key: ManifestFinding['key'], lineAt: (offset: number) => number): number {
  for (let depth = key.length; depth > 0; depth -= 1) {
    const parent = document.getIn(key.slice(0, depth - 1), true);
    const pair = isMap(parent)
      ? parent.items.find(({ key: own }) => String(own) === String(key[depth - 1]))
      : undefined;
    const node = pair?.key ?? document.getIn(key.slice(0, depth), true);
    const start = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
    if (Array.isArray(start)) return lineAt(Number(start[0]));
  }
  return 1;
}
