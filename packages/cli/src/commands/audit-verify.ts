import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { GetAuditStatus } from '@towpath/api';
import type { Command } from 'commander';
import { type AuditJudgement, judgeAudit } from '../audit/judge-audit.ts';
import { readKeptCheckpoints } from '../audit/kept-checkpoint.ts';
import { openExport, openExportFile, readExportLines } from '../audit/read-lines.ts';
import { type ConnectionOptions, connect } from '../connection/connect.ts';
import type { CommandContext } from '../context.ts';
import { collect } from '../rendering/collect.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly file?: string;
  readonly checkpoint: readonly string[];
  readonly publicKey: readonly string[];
  readonly json?: boolean;
}

/** `npx towpath audit verify`: reads the whole chain and finds an edit, a gap, a reorder, a cut tail. */
export const registerAuditVerify: RegisterCommand = (audit, context, exitWith) => {
  audit
    .command('verify')
    .description('Read the whole audit and find what was changed. Exit code: 0 nothing, 1 something.')
    .option('--file <path>', 'verify this export instead of what the server has')
    .option(
      '--checkpoint <text-or-file>',
      'a checkpoint that was kept elsewhere, as `audit checkpoint` printed it; only one shows a cut tail. Repeatable',
      collect,
      [],
    )
    .option('--public-key <file>', 'key to believe (PEM), instead of the one the server shows. Repeatable', collect, [])
    .addHelpText('after', '\nExample:\n  npx towpath audit verify --checkpoint kept-checkpoints.txt')
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const judgement = await verifyAudit(context, options);
      context.out(options.json ? `${JSON.stringify(judgement, null, 2)}\n` : formatJudgement(judgement));
      exitWith(judgement.problemCount === 0 ? 0 : 1);
    });
};

async function verifyAudit(context: CommandContext, options: Options): Promise<AuditJudgement> {
  const kept = options.checkpoint.flatMap((text) => readKeptCheckpoints(text, context.cwd));
  const given = options.publicKey.map((path) => readFileSync(resolve(context.cwd, path), 'utf8'));
  const believed = [...given, ...kept.map(({ publicKey }) => publicKey)];
  if (options.file !== undefined) {
    const stream = openExportFile(resolve(context.cwd, options.file));
    return await judgeAudit(readExportLines(stream), believed, kept);
  }
  const client = connect(context, options);
  const { publicKey } = await client.call(GetAuditStatus);
  const shown = publicKey === null || given.length > 0 ? [] : [publicKey];
  return await judgeAudit(readExportLines(await openExport(client)), [...shown, ...believed], kept);
}

/** More than these are in the JSON. */
const SHOWN = 20;

function formatJudgement({ entries, signedUpTo, keys, problems, problemCount }: AuditJudgement): string {
  const what = entries === 1 ? '1 entry' : `${entries} entries`;
  const signed = signedUpTo === 0 ? 'nothing is signed' : `signed up to ${signedUpTo}`;
  const lines = [
    problemCount === 0 ? `${what}, ${signed}: nothing was changed.` : `${what}, ${signed}.`,
    ...keys.map(({ keyId, publicKey }) => `  key ${keyId}\n    ${publicKey.trim().split('\n').join('\n    ')}`),
    ...problems.slice(0, SHOWN).map(({ code, sequence, meaning }) => `✗ ${sequence}: ${meaning} (${code})`),
    ...(problemCount > SHOWN ? [`  and ${problemCount - SHOWN} more`] : []),
    ...(problemCount > 0 ? [`${problemCount} ${problemCount === 1 ? 'problem' : 'problems'} found.`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
