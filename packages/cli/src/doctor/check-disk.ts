import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Check } from './check.ts';

const MIB = 1024 * 1024;

/** Space where the state is kept. */
export const checkDisk: Check = async ({ stateFolder, limits: { minFreeMiB } }) => {
  const freeMiB = Math.floor((await freeBytes(stateFolder)) / MIB);
  if (freeMiB >= minFreeMiB) return [{ subject: 'disk', status: 'ok', text: `${freeMiB} MiB free for ${stateFolder}` }];
  return [
    {
      subject: 'disk',
      status: 'problem',
      text: `Only ${freeMiB} MiB are free for ${stateFolder}.`,
      fix: `Free at least ${minFreeMiB} MiB, or keep the state elsewhere with --state FOLDER.`,
      code: 'DISK_LOW',
    },
  ];
};

// The state folder may not exist yet; what counts is the disk it will lie on.
async function freeBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (thrown) {
    if (dirname(path) === path) throw thrown;
    return await freeBytes(dirname(path));
  }
}
