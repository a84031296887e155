// The floor: bytes of COPY BINARY that are ready in a file into a logged table with the same columns and no more.
//   node floor-process.ts <postgres url> <file> <create table …> <copy … from stdin>
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

const [url = '', file = '', create = '', copy = ''] = process.argv.slice(2);
const client = new Client({ connectionString: url });
await client.connect();
await client.query('begin');
await client.query(create);
await pipeline(createReadStream(file, { highWaterMark: 256 * 1024 }), client.query(copyFrom(copy)));
await client.query('commit');
await client.end();
