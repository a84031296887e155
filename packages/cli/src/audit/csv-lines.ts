// The export of the audit as CSV, for people with a spreadsheet. Nothing is lost: read back, it is verified as NDJSON is.
import type { Readable } from 'node:stream';
import { AuditExportLine } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import { CsvError, parse } from 'csv-parse';
import { stringify } from 'csv-stringify/sync';

const COLUMNS = [
  ...['kind', 'sequence', 'at', 'actor_kind', 'actor_name', 'action', 'subject_kind', 'subject_id', 'subject_name'],
  ...['environment', 'why', 'details', 'previous_hash', 'hash', 'key_id', 'signature'],
] as const;

/** What a CSV export begins with. */
export const CSV_BEGINNING = 'kind,sequence,';

/** Lines as CSV, with a head. */
export async function* formatCsv(lines: AsyncIterable<AuditExportLine>): AsyncGenerator<string> {
  yield stringify([[...COLUMNS]]);
  for await (const line of lines) yield stringify([toRow(line).map(protect)]);
}

/**
 * The lines of such an export.
 *
 * @throws TowpathError `AUDIT_EXPORT_INVALID`
 */
export async function* readCsvLines(stream: Readable): AsyncGenerator<AuditExportLine> {
  const records = stream.pipe(parse({ columns: true }));
  stream.once('error', (thrown) => records.destroy(thrown));
  let number = 1;
  try {
    for await (const record of records) {
      number += 1;
      yield toLine(new Map(Object.entries(Object(record))));
    }
  } catch (thrown) {
    // What the file system says is as clear as it is.
    if (thrown instanceof Error && 'syscall' in thrown) throw thrown;
    throw invalid(number, thrown);
  }
}

function toRow(line: AuditExportLine): readonly (string | null)[] {
  const { kind, sequence, at, hash } = line;
  if (line.kind === 'checkpoint') {
    const nothing: readonly null[] = Array.from({ length: 10 }, () => null);
    return [kind, String(sequence), at, ...nothing, hash, line.keyId, line.signature];
  }
  const { actor, action, subject, environment, why, details, previousHash } = line;
  return [
    ...[kind, String(sequence), at, actor.kind, actor.name, action, subject.kind, subject.id, subject.name],
    ...[environment, why, JSON.stringify(details), previousHash, hash, null, null],
  ];
}

// Null is an empty cell. What a spreadsheet would take for a formula is told to be text, and so is what begins like that or is
// empty: every text is read back as it was.
function protect(text: string | null): string {
  if (text === null) return '';
  return text === '' || /^[=+\-@\t\r']/.test(text) ? `'${text}` : text;
}

function toLine(cells: ReadonlyMap<string, unknown>): AuditExportLine {
  const read = (column: (typeof COLUMNS)[number]): string | null => {
    const cell = String(cells.get(column) ?? '');
    if (cell === '') return null;
    return cell.startsWith("'") ? cell.slice(1) : cell;
  };
  const common = { kind: read('kind'), sequence: Number(read('sequence')), at: read('at'), hash: read('hash') };
  if (common.kind === 'checkpoint')
    return AuditExportLine.parse({ ...common, keyId: read('key_id'), signature: read('signature') });
  return AuditExportLine.parse({
    ...common,
    actor: { kind: read('actor_kind'), name: read('actor_name') },
    action: read('action'),
    subject: { kind: read('subject_kind'), id: read('subject_id'), name: read('subject_name') },
    environment: read('environment'),
    why: read('why'),
    details: JSON.parse(read('details') ?? ''),
    previousHash: read('previous_hash'),
  });
}

function invalid(number: number, thrown: unknown): TowpathError {
  return new TowpathError(
    {
      code: 'AUDIT_EXPORT_INVALID',
      message: `Record ${number} is not one of an audit.`,
      cause: thrown instanceof CsvError ? thrown.message : 'Its cells are not those of an entry or a checkpoint.',
      fix: 'Take what `npx towpath audit export --format csv` prints, whole and unchanged.',
    },
    { cause: thrown },
  );
}
