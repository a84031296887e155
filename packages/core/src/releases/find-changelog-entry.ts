// The entry of a version in a changelog: the text under the heading that begins with it, up to the next heading of that rank.

/** At the root of a project. */
export const CHANGELOG_FILE = 'CHANGELOG.md';

const HEADING = /^(#{1,3})\s+\[?(v?\d+\.\d+\.\d+[0-9A-Za-z.-]*)\]?(?:[\s:(–—-].*)?$/;
const ANY_HEADING = /^(#{1,3})\s/;

/** The entry of `v1.3.3` under `## v1.3.3`, `## 1.3.3 - 2026-12-01` or `## [1.3.3]`; undefined: there is none, or it is empty. */
export function findChangelogEntry(changelog: string, version: string): string | undefined {
  const lines = changelog.split(/\r?\n/);
  const wanted = version.replace(/^v/, '');
  const start = lines.findIndex((line) => HEADING.exec(line)?.[2]?.replace(/^v/, '') === wanted);
  const rank = HEADING.exec(lines[start] ?? '')?.[1]?.length;
  if (rank === undefined) return undefined;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => (ANY_HEADING.exec(line)?.[1]?.length ?? Number.POSITIVE_INFINITY) <= rank);
  const text = (end < 0 ? rest : rest.slice(0, end)).join('\n').trim();
  return text === '' ? undefined : text;
}
