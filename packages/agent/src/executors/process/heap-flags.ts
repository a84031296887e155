// The heap of a task runner by the memory of an attempt. Both of its spaces are set: Node 24 lets the young one take 192 MiB by
// itself, which is more than a small attempt has.

/** The rest of the memory is for what lies outside of the heap: buffers, code, stacks. */
const HEAP_SHARE = 0.75;

/** With less Node does not come as far as the function. */
const LEAST_OLD_SPACE_MIB = 32;

/** What Node took until version 22; more makes collections of young objects rarer, which few functions notice. */
const MOST_SEMI_SPACE_MIB = 16;

/** The young space is three semi spaces. */
const SEMI_SPACES = 3;

/** Flags of Node for a function that may use so much; none without a limit. */
export function toHeapFlags(memoryMiB: number | undefined): readonly string[] {
  if (memoryMiB === undefined) return [];
  const semiSpaceMiB = Math.max(1, Math.min(MOST_SEMI_SPACE_MIB, Math.floor(memoryMiB / 32)));
  const oldSpaceMiB = Math.floor(memoryMiB * HEAP_SHARE) - SEMI_SPACES * semiSpaceMiB;
  return [
    `--max-semi-space-size=${semiSpaceMiB}`,
    `--max-old-space-size=${Math.max(LEAST_OLD_SPACE_MIB, oldSpaceMiB)}`,
  ];
}
