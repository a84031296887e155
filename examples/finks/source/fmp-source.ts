// The source of quotes, as a small HTTP server of this machine: the same answers for the same day, with a bad row among them.
import { createServer, type Server } from 'node:http';

const SYMBOLS = ['AAPL', 'MSFT', 'NVDA', 'SHOP', 'TD'];

/**
 * Starts it on a port of loopback; 0 takes any free one.
 *
 * @throws Error that says which port is taken, and which variable chooses another
 */
export async function startFmpSource(port: number): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const day = searchParams.get('day') ?? '';
    const isKnown = pathname === '/api/v3/quotes' && /^\d{4}-\d\d-\d\d$/.test(day);
    response.writeHead(isKnown ? 200 : 404, { 'content-type': 'application/json' });
    response.end(isKnown ? JSON.stringify(listQuotes(day)) : '{}');
  });
  await listen(server, port);
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return { url: `http://127.0.0.1:${bound}`, close: () => close(server) };
}

function listQuotes(day: string): readonly object[] {
  const seed = Number(day.replaceAll('-', ''));
  const quotes = SYMBOLS.map((symbol, at) => ({
    symbol,
    price: `${100 + ((seed * (at + 7)) % 300)}.${String((seed * (at + 3)) % 100).padStart(2, '0')}`,
    volume: (seed * (at + 11)) % 1_000_000,
  }));
  return [...quotes, { symbol: 'BAD', price: 'n/a', volume: 1 }];
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explain(error, port)));
    server.listen(port, '127.0.0.1', resolve);
  });
}

/** A port as a variable says it. Throws when it is none. */
export function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port < 65_536) return port;
  throw new Error(`FMP_PORT is ${JSON.stringify(text)}; it must be a port, 0 to 65535 (0: a free one).`);
}

function explain(error: Error, port: number): Error {
  if (!('code' in error) || error.code !== 'EADDRINUSE') return error;
  return new Error(
    `Port ${port}, wanted for the source of quotes, is taken by another program. Choose one: FMP_PORT=4011 npm start`,
  );
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
