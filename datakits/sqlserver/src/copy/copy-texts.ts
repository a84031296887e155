// Rows as COPY's text format: for the few that exist as texts, so that PostgreSQL reads them as it reads any literal.
import type { Client } from 'pg';
import { CopyStream } from './copy-stream.ts';

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** One line of the format (PostgreSQL "COPY", text format); null is `\N`. */
function formatCopyLine(values: readonly (string | null)[]): string {
  const fields = values.map((value) => value?.replaceAll(/[\\\t\n\r]/g, (found) => ESCAPES[found] ?? found) ?? '\\N');
  return `${fields.join('\t')}\n`;
}

/** Copies the rows by a `COPY … FROM STDIN` in text format; gives how many the database took, and their bytes. */
export async function copyTexts(
  client: Client,
  sql: string,
  rows: readonly (readonly (string | null)[])[],
): Promise<{ readonly rowCount: number; readonly bytes: number }> {
  const copy = new CopyStream(client, sql);
  try {
    for (const row of rows) {
      const line = Buffer.from(formatCopyLine(row));
      copy.send(line, line.length);
      await copy.drain();
    }
    return { rowCount: await copy.finish(), bytes: copy.byteCount };
  } catch (error) {
    await copy.abort('the rows were given up');
    throw error;
  }
}
