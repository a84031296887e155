// What a commit has under which path, and what lies on the disk in its form.
import { createHash } from 'node:crypto';
import { askGit, type Commit } from './ask-git.ts';

/** One path of a commit's tree. */
export interface Entry {
  /** What the path is: of the modes of Git, those that the working tree can show. */
  readonly kind: 'file' | 'link' | 'other';
  /** Of the file's content, or of the link's text, in hex. */
  readonly hash: string;
}

/** A command line holds far more; longer ones would only be slower to make. */
const PATHS_AT_ONCE = 500;

/**
 * The entries of these paths, and of all below them, by path relative to the repository; those that the commit does not have are left
 * out. The empty path stands for all.
 *
 * @throws TowpathError `GIT_UNAVAILABLE`
 */
export async function listEntries(commit: Commit, paths: readonly string[]): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>();
  for (let at = 0; at < paths.length; at += PATHS_AT_ONCE) {
    const some = paths.slice(at, at + PATHS_AT_ONCE).filter((path) => path !== '');
    const wanted = some.length > 0 ? ['--', ...some] : [];
    const listed = await askGit(commit.root, ['ls-tree', '-r', '-z', '--full-tree', commit.sha, ...wanted]);
    for (const line of listed.split('\0').filter(Boolean)) {
      // The path may hold anything but the byte 0.
      const end = line.indexOf('\t');
      const [mode, , hash = ''] = line.slice(0, end).split(' ');
      entries.set(line.slice(end + 1), { kind: toKind(mode), hash });
    }
  }
  return entries;
}

/** The hash of bytes as a blob (gitformat-pack), without any filter of Git: what a filter changes is not what the commit has. */
export function hashBlob({ sha }: Commit, bytes: Uint8Array): string {
  return createHash(sha.length === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}

function toKind(mode: string | undefined): Entry['kind'] {
  if (mode === '120000') return 'link';
  return mode?.startsWith('100') ? 'file' : 'other';
}
