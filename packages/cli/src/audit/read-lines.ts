// An export of the audit as it comes: line by line, so that its length costs no memory.
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { AuditExportLine, type Client, ExportAudit } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import { CSV_BEGINNING, readCsvLines } from './csv-lines.ts';

/** The export of a server. */
export async function openExport(client: Client): Promise<Readable> {
  const { body } = await client.send(ExportAudit);
  return body ? Readable.fromWeb(body) : Readable.from([]);
}

/**
 * The lines of an export in a file, NDJSON or CSV; reading it fails as files do.
 *
 * @throws TowpathError `AUDIT_EXPORT_INVALID`
 */
export function readExportFile(path: string): AsyncGenerator<AuditExportLine> {
  const isCsv = beginsWith(path, CSV_BEGINNING);
  const stream = createReadStream(path);
  return isCsv ? readCsvLines(stream) : readExportLines(stream);
}

function beginsWith(path: string, text: string): boolean {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(text.length);
    return bytes.toString('latin1', 0, readSync(file, bytes)) === text;
  } finally {
    closeSync(file);
  }
}

/**
 * Its lines.
 *
 * @throws TowpathError `AUDIT_EXPORT_INVALID` for a line that no export has
 */
export async function* readExportLines(stream: Readable): AsyncGenerator<AuditExportLine> {
  const failed = Promise.withResolvers<never>();
  // Readline ends quietly when its input fails.
  stream.once('error', failed.reject);
  failed.promise.catch(() => undefined);
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  for (let number = 1; ; number += 1) {
    const next = await Promise.race([lines.next(), failed.promise]);
    if (next.done) break;
    if (next.value !== '') yield parseLine(next.value, number);
  }
  if (stream.errored) throw stream.errored;
}

function parseLine(text: string, number: number): AuditExportLine {
  try {
    return AuditExportLine.parse(JSON.parse(text));
  } catch (thrown) {
    throw new TowpathError(
      {
        code: 'AUDIT_EXPORT_INVALID',
        message: `Line ${number} is not a line of an audit.`,
        cause: `It begins with ${JSON.stringify(text.slice(0, 80))}.`,
        fix: 'Take what `npx towpath audit export` prints, whole and unchanged.',
      },
      { cause: thrown },
    );
  }
}
