// Questions that many ask at once share an answer that is not older than any of them: while one is asked, whoever comes meanwhile waits
// for the next one, which begins after all of those had come.

interface Lane<T> {
  /** Resolves when the next one may begin. */
  current: Promise<void>;
  next: Promise<T> | undefined;
}

/** One that is not answered by then (a connection that died without a word) holds up nobody else. */
const PATIENCE_MS = 500;

/** Asks through it; it keeps nothing beyond the answer. All who share one get its failure, too. */
export function createSharedQuestion<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const lanes = new Map<string, Lane<T>>();
  const begin = (key: string, lane: Lane<T>): Promise<T> => {
    lane.next = undefined;
    const asked = ask(key);
    lane.current = untilSettled(asked);
    void lane.current.then(() => {
      if (lane.next === undefined) lanes.delete(key);
    });
    return asked;
  };
  return (key) => {
    const lane = lanes.get(key);
    if (lane !== undefined) {
      lane.next ??= lane.current.then(() => begin(key, lane));
      return lane.next;
    }
    const first: Lane<T> = { current: Promise.resolve(), next: undefined };
    lanes.set(key, first);
    return begin(key, first);
  };
}

/** However it ends; or when it takes too long. */
function untilSettled(asked: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PATIENCE_MS);
    const settle = (): void => {
      clearTimeout(timer);
      resolve();
    };
    asked.then(settle, settle);
  });
}
