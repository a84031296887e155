import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TowpathError } from '@towpath/core';
import { type Command, Option } from 'commander';
import { formatCsv } from '../audit/csv-lines.ts';
import { openExport, readExportLines } from '../audit/read-lines.ts';
import { type ConnectionOptions, connect } from '../connection/connect.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly output?: string;
  readonly format: 'ndjson' | 'csv';
}

/** `npx towpath audit export`: the whole chain as NDJSON or CSV, to be kept and verified elsewhere. */
export const registerAuditExport: RegisterCommand = (audit, context) => {
  audit
    .command('export')
    .description(
      'Print the whole audit, oldest first, with what `audit verify` needs: one JSON document a line (NDJSON), or CSV.',
    )
    .addOption(new Option('--format <format>', 'how').choices(['ndjson', 'csv']).default('ndjson'))
    .option('--output <file>', 'write it there instead; the file must be new')
    .addHelpText('after', '\nExample:\n  npx towpath audit export --output audit.ndjson')
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const lines = await openExport(connect(context, options));
      const stream = options.format === 'csv' ? Readable.from(formatCsv(readExportLines(lines))) : lines;
      if (options.output !== undefined) {
        // A backup that overwrites the one before it is none.
        const path = resolve(context.cwd, options.output);
        const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
        await pipeline(stream, file).catch((thrown: unknown) => {
          throw isThere(thrown) ? fileThere(path) : thrown;
        });
      } else for await (const chunk of stream) context.out(chunk);
    });
};

function isThere(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST';
}

function fileThere(path: string): TowpathError {
  return new TowpathError({
    code: 'FILE_UNUSABLE',
    message: `${path} is there already.`,
    cause: 'An export overwrites none that was kept before.',
    fix: 'Name a new file, or move that one away.',
  });
}
