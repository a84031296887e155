// A quote as the source gives it, checked: bronze keeps everything, from silver on a row is what it says it is.

/** A day's quote of one symbol. */
export interface Quote {
  readonly symbol: string;
  readonly day: string;
  /** Decimal, as text: no float touches a price. */
  readonly price: string;
  readonly volume: number;
}

/** What a raw answer holds: quotes, and rows that are none. */
export interface ParsedQuotes {
  readonly quotes: readonly Quote[];
  /** With the reason, to be mended and repeated. */
  readonly quarantined: readonly { readonly row: unknown; readonly reason: string }[];
}

/** Parses the JSON of the source; read = quotes + quarantined, always. */
export function parseQuotes(text: string, day: string): ParsedQuotes {
  const rows: unknown = JSON.parse(text);
  if (!Array.isArray(rows)) throw new Error('The source answered something that is no list of quotes.');
  const quotes: Quote[] = [];
  const quarantined: { row: unknown; reason: string }[] = [];
  for (const row of rows) {
    const result = parseQuote(row, day);
    if (typeof result === 'string') quarantined.push({ row, reason: result });
    else quotes.push(result);
  }
  return { quotes, quarantined };
}

function parseQuote(row: unknown, day: string): Quote | string {
  if (typeof row !== 'object' || row === null) return 'it is no object';
  const { symbol, price, volume } = { symbol: undefined, price: undefined, volume: undefined, ...row };
  if (typeof symbol !== 'string' || !/^[A-Z.]{1,10}$/.test(symbol)) return 'symbol is none';
  if (typeof price !== 'string' || !/^\d+(?:\.\d{1,6})?$/.test(price)) return 'price is no decimal';
  if (typeof volume !== 'number' || !Number.isSafeInteger(volume) || volume < 0) return 'volume is no count';
  return { symbol, day, price, volume };
}
