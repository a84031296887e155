/** Does it at the first call, for all of them; after a failure the next call tries again. */
export function once<T>(act: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return async () => {
    done ??= act();
    try {
      return await done;
    } catch (thrown) {
      done = undefined;
      throw thrown;
    }
  };
}
