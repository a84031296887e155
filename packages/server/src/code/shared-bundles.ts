// Bundles that many attempts fetch at the same time: 20 Pods that start together would hold the same 32 MiB 20 times.
// A bundle is named by its hash, so one that somebody still reads is the one that the next one wants.

/** Reads a bundle; undefined when there is none. */
type ReadBundle = (hash: string) => Promise<Buffer | undefined>;

/** The same reading for all who ask before its bytes are gone. A reading that fails is not kept. */
export function shareBundles(read: ReadBundle): ReadBundle {
  const held = new Map<string, WeakRef<Buffer>>();
  const readings = new Map<string, ReturnType<ReadBundle>>();
  const begin: ReadBundle = async (hash) => {
    try {
      const bytes = await read(hash);
      if (bytes === undefined) held.delete(hash);
      else held.set(hash, new WeakRef(bytes));
      return bytes;
    } finally {
      readings.delete(hash);
    }
  };
  return async (hash) => {
    const bytes = held.get(hash)?.deref();
    if (bytes !== undefined) return bytes;
    const reading = readings.get(hash) ?? begin(hash);
    readings.set(hash, reading);
    return await reading;
  };
}
