import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { GetAuditStatus } from '@towpath/api';
import type { Command } from 'commander';
import { type AuditJudgement, judgeAudit } from '../audit/judge-audit.ts';
import { readKeptCheckpoints } from '../audit/kept-checkpoint.ts';
import { openExport, readExportFile, readExportLines } from '../audit/read-lines.ts';
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
    .description(
      'Read the whole audit and find what was changed. Exit code: 0 nothing, 1 something. Without a key, signatures are not checked, and it says so.',
    )
    .argument('[file]', 'verify this export (NDJSON or CSV) instead of what the server has')
    .option('--file <path>', 'the same')
    .option(
      '--checkpoint <text-or-file>',
      'a checkpoint that was kept elsewhere, as `audit checkpoint` printed it; only one shows a cut tail. Repeatable',
      collect,
      [],
    )
    .option('--public-key <file>', 'key to believe (PEM), instead of the one the server shows. Repeatable', collect, [])
    .addHelpText('after', '\nExample:\n  npx towpath audit verify --checkpoint kept-checkpoints.txt')
    .action(async (given: string | undefined, _: unknown, command: Command) => {
      const all = command.optsWithGlobals<Options>();
      const options = given === undefined ? all : { ...all, file: given };
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
    const lines = readExportFile(resolve(context.cwd, options.file));
    return await judgeAudit(lines, believed, kept);
  }
  const client = connect(context, options);
  const { publicKey } = await client.call(GetAuditStatus);
  const shown = publicKey === null || given.length > 0 ? [] : [publicKey];
  return await judgeAudit(readExportLines(await openExport(client)), [...shown, ...believed], kept);
}

/** More than these are in the JSON. */
const SHOWN = 20;

function formatJudgement(judgement: AuditJudgement): string {
  const { entries, keys, problems, problemCount, uncheckedCheckpoints } = judgement;
  const what = entries === 1 ? '1 entry' : `${entries} entries`;
  const signed = describeSignatures(judgement);
  const unknown = problems.filter(({ code }) => code === 'KEY_UNKNOWN');
  const others = problems.filter(({ code }) => code !== 'KEY_UNKNOWN');
  const othersCount = problemCount - unknown.length;
  const lines = [
    problemCount === 0 ? `${what}, ${signed}: ${describeSound(judgement)}` : `${what}, ${signed}.`,
    ...(uncheckedCheckpoints > 0 ? [KEY_WANTED] : []),
    ...keys.map(({ keyId, publicKey }) => `  key ${keyId}\n    ${publicKey.trim().split('\n').join('\n    ')}`),
    ...others.slice(0, SHOWN).map(({ code, sequence, meaning }) => `✗ ${sequence}: ${meaning} (${code})`),
    ...(othersCount > SHOWN ? [`  and ${othersCount - SHOWN} more`] : []),
    ...(unknown.length > 0 ? [describeUnknownKeys(unknown)] : []),
    ...(problemCount > 0 ? [`${problemCount} ${problemCount === 1 ? 'problem' : 'problems'} found.`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function describeSignatures({ signedUpTo, uncheckedCheckpoints }: AuditJudgement): string {
  if (uncheckedCheckpoints > 0) return 'signatures not checked, since no key was given';
  return signedUpTo === 0 ? 'nothing is signed' : `signed up to ${signedUpTo}`;
}

/** A chain alone can be made anew by whoever has it. */
function describeSound({ uncheckedCheckpoints }: AuditJudgement): string {
  return uncheckedCheckpoints > 0 ? 'the chain holds.' : 'nothing was changed.';
}

const KEY_WANTED = [
  '  A chain that was made anew as a whole holds, too: only a signature shows that. Give the key by --public-key <file>, or a',
  '  checkpoint that was kept by --checkpoint. `npx towpath audit verify` without a file shows the key of the server; believe it',
  '  only if nobody else could have changed that server.',
].join('\n');

// One cause with one remedy, however many checkpoints there are.
function describeUnknownKeys(problems: AuditJudgement['problems']): string {
  const numbers = problems.map(({ sequence }) => sequence);
  const listed = numbers.length > SHOWN ? `${numbers.slice(0, SHOWN).join(', ')} and more` : numbers.join(', ');
  const what = numbers.length === 1 ? 'the checkpoint was' : `${numbers.length} checkpoints were`;
  return [
    `✗ ${listed}: ${what} signed by a key that was not given (KEY_UNKNOWN)`,
    '  fix: give it by --public-key <file>, or a checkpoint that was kept by --checkpoint. `npx towpath audit verify`',
    '       without --file shows the key of the server; believe it only if nobody else could have changed that server.',
  ].join('\n');
}
