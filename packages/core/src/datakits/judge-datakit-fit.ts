// Whether a datakit can run where it is wanted: it says the lowest Towpath and the memory that it needs. A CPU that is smaller than it
// asks for makes it slow and nothing else, so that is no misfit.
import { compareVersions } from './compare-versions.ts';

/** What a manifest, or the labels of an image, say that is needed. */
export interface DatakitNeeds {
  /** Lowest version of Towpath; undefined: any. */
  readonly minimumPlatform?: string | undefined;
  /** Of one attempt. */
  readonly memoryMiB?: number | undefined;
}

/** What there is. */
export interface DatakitGiven {
  readonly platformVersion: string;
  /** Limit of one attempt; undefined: nothing limits it. */
  readonly memoryMiB?: number | undefined;
}

export type DatakitMisfit =
  | { readonly code: 'platform-too-old'; readonly minimumPlatform: string; readonly platformVersion: string }
  | { readonly code: 'memory-too-small'; readonly needsMiB: number; readonly memoryMiB: number };

/** Everything that is too little; empty when it fits. */
export function judgeDatakitFit(needs: DatakitNeeds, given: DatakitGiven): readonly DatakitMisfit[] {
  const misfits: DatakitMisfit[] = [];
  const { minimumPlatform, memoryMiB: needsMiB } = needs;
  const { platformVersion, memoryMiB } = given;
  if (minimumPlatform !== undefined && compareVersions(platformVersion, minimumPlatform) < 0)
    misfits.push({ code: 'platform-too-old', minimumPlatform, platformVersion });
  if (needsMiB !== undefined && memoryMiB !== undefined && memoryMiB < needsMiB)
    misfits.push({ code: 'memory-too-small', needsMiB, memoryMiB });
  return misfits;
}
