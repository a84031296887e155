// What a program of the usual libraries does: tedious reads rows, COPY takes them as text. It loses digits of money and of
// long decimals on the way; only its speed is of interest here.
//   node tedious-process.ts <mock port> <postgres url> <table> <create table …> <copy … from stdin>
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MOCK_DATABASE, MOCK_LOGINS } from '@towpath/tds';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { Connection, Request } from 'tedious';

const [port = '', url = '', table = '', create = '', copy = ''] = process.argv.slice(2);

const source = new Connection({
  server: '127.0.0.1',
  authentication: {
    type: 'default',
    options: { userName: MOCK_LOGINS.readOnly.username, password: MOCK_LOGINS.readOnly.password },
  },
  options: { port: Number(port), database: MOCK_DATABASE, encrypt: false, requestTimeout: 0 },
});
await new Promise<void>((resolve, reject) => source.connect((error) => (error ? reject(error) : resolve())));

/** Lines are joined to pieces of about this size before they are written. */
const PIECE_CHARACTERS = 256 * 1024;

function readLines(): Readable {
  let piece = '';
  const lines = new Readable({ read: () => request.resume() });
  const send = (): void => {
    if (!lines.push(piece)) request.pause();
    piece = '';
  };
  const request = new Request(`select * from ${table}`, (error) => {
    send();
    if (error) lines.destroy(error);
    else lines.push(null);
  });
  request.on('row', (columns: { readonly value: unknown }[]) => {
    piece += `${columns.map(({ value }) => formatText(value)).join('\t')}\n`;
    if (piece.length > PIECE_CHARACTERS) send();
  });
  source.execSql(request);
  return lines;
}

function formatText(value: unknown): string {
  if (value === null) return '\\N';
  if (value instanceof Date) return value.toISOString();
  return String(value).replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n');
}

const client = new Client({ connectionString: url });
await client.connect();
await client.query('begin');
await client.query(create);
await pipeline(readLines(), client.query(copyFrom(copy)));
await client.query('commit');
await client.end();
source.close();
