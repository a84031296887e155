/** A trade as the exchange tells it. */
export interface Trade {
  readonly id: number;
  readonly symbol: string;
  /** In the currency of the symbol; a trade without a price can't be judged. */
  readonly price: number | null;
  readonly quantity: number;
}

/** Trades that are judged, and those that can't be. */
export interface JudgedTrades {
  readonly suspicious: readonly Trade[];
  readonly quarantined: readonly Trade[];
}

/** From this value of a trade on somebody looks at it. */
const LIMIT = 1_000_000;

/** Sorts trades; every one is judged, or quarantined. */
export function judgeTrades(trades: readonly Trade[]): JudgedTrades {
  const quarantined = trades.filter(({ price, quantity }) => price === null || quantity <= 0);
  const suspicious = trades.filter(
    (trade) => !quarantined.includes(trade) && Number(trade.price) * trade.quantity >= LIMIT,
  );
  return { suspicious, quarantined };
}

/** Trades as the task before left them; what is none fails the run instead of being judged. */
export function readTrades(value: unknown): readonly Trade[] {
  if (!Array.isArray(value) || !value.every(isTrade)) throw new Error('the task before left no trades');
  return value;
}

function isTrade(value: unknown): value is Trade {
  if (typeof value !== 'object' || value === null) return false;
  const { id, symbol, price, quantity }: Partial<Record<keyof Trade, unknown>> = value;
  const isPrice = price === null || typeof price === 'number';
  return typeof id === 'number' && typeof symbol === 'string' && isPrice && typeof quantity === 'number';
}
