// Reports that come while a request is under way wait for its answer and then go together: a single one is sent at once,
// and a crowd of attempts that end together costs a few requests and transactions instead of one each.

/** Sends reports of one kind. */
export interface ReportBatch<Item, Reply> {
  /** Sends it with others; the reply is that to all of them. Rejects with the signal's reason when that fires. */
  add(item: Item, signal: AbortSignal): Promise<Reply>;
}

interface Waiting<Item, Reply> {
  readonly item: Item;
  resolve(reply: Reply | Promise<Reply>): void;
}

/** The server takes a thousand; a request stays small, and what repeats after a refusal stays little. */
const MAX_ITEMS = 100;

/** Creates a batch. `send` is called with one item or several; when it refuses several, each is sent alone. */
export function createReportBatch<Item, Reply>(
  send: (items: readonly Item[]) => Promise<Reply>,
): ReportBatch<Item, Reply> {
  const waiting: Waiting<Item, Reply>[] = [];
  let isSending = false;
  const sendAll = async (): Promise<void> => {
    if (isSending) return;
    isSending = true;
    while (waiting.length > 0) await sendSome(waiting.splice(0, MAX_ITEMS), send);
    isSending = false;
  };
  return {
    add: (item, signal) =>
      new Promise((resolve, reject) => {
        const { promise, resolve: answer } = Promise.withResolvers<Reply>();
        const entry = { item, resolve: answer };
        const abort = (): void => {
          // What was not sent yet is not said any more.
          const at = waiting.indexOf(entry);
          if (at >= 0) waiting.splice(at, 1);
          reject(signal.reason);
        };
        if (signal.aborted) return abort();
        signal.addEventListener('abort', abort, { once: true });
        promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
        waiting.push(entry);
        void sendAll();
      }),
  };
}

/** Never rejects: the answer, good or bad, is that of each item. */
async function sendSome<Item, Reply>(
  some: readonly Waiting<Item, Reply>[],
  send: (items: readonly Item[]) => Promise<Reply>,
): Promise<void> {
  const sent = send(some.map(({ item }) => item));
  try {
    const reply = await sent;
    for (const { resolve } of some) resolve(reply);
  } catch {
    // One of them may be what is wrong with all; those that were taken are accepted again.
    for (const { item, resolve } of some) resolve(some.length === 1 ? sent : send([item]));
  }
}
