// Things to be done that may share a request or a transaction: while one is under way, what comes meanwhile waits for the next. So
// nothing is held back when it is quiet, and a flood becomes few of them.

export interface Batcher<In, Out> {
  /** Resolves with the answer to this item; rejects with what its request rejected with. */
  add(item: In): Promise<Out>;
}

interface Waiting<In, Out> {
  readonly item: In;
  readonly answer: PromiseWithResolvers<Out>;
}

export interface BatcherOptions<In, Out> {
  readonly maxItems: number;
  /** Waited for before a request takes its items: in a flood more of them share each. Default: nothing. */
  readonly pace?: () => Promise<void>;
  /** Never called twice at once; all items of a call get its answer. */
  send(items: readonly In[]): Promise<Out>;
  /** True for an error that one bad item may have caused: the items are sent again, one by one. */
  isRefusal(thrown: unknown): boolean;
}

/** Creates one; it holds nothing open. */
export function createBatcher<In, Out>(options: BatcherOptions<In, Out>): Batcher<In, Out> {
  const waiting: Waiting<In, Out>[] = [];
  const { maxItems, pace } = options;
  let isSending = false;
  const sendAll = async (): Promise<void> => {
    isSending = true;
    while (waiting.length > 0) {
      if (pace) await pace();
      await sendBatch(options, waiting.splice(0, maxItems));
    }
    isSending = false;
  };
  return {
    add: (item) => {
      const answer = Promise.withResolvers<Out>();
      waiting.push({ item, answer });
      if (!isSending) void sendAll();
      return answer.promise;
    },
  };
}

async function sendBatch<In, Out>(options: BatcherOptions<In, Out>, batch: readonly Waiting<In, Out>[]): Promise<void> {
  try {
    const out = await options.send(batch.map(({ item }) => item));
    for (const { answer } of batch) answer.resolve(out);
  } catch (thrown) {
    if (batch.length > 1 && options.isRefusal(thrown)) {
      for (const one of batch) await sendBatch(options, [one]);
      return;
    }
    for (const { answer } of batch) answer.reject(thrown);
  }
}
