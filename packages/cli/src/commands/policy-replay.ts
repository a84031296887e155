import { type ReplayedPromotion, ReplayPolicy } from '@towpath/api';
import { formatCount } from '@towpath/core';
import type { Command } from 'commander';
import type { z } from 'zod';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import type { CommandContext } from '../context.ts';
import { readPolicyFile } from '../releases/read-policy-file.ts';
import { parseDays } from '../rendering/parse-days.ts';
import { formatTable } from '../rendering/table.ts';

interface Options extends ConnectionOptions {
  readonly days: number;
  readonly json?: boolean;
}

/** `npx towpath policy replay`: what a policy would have made of past promotions. */
export function registerPolicyReplay(policy: Command, context: CommandContext): void {
  const command = policy
    .command('replay')
    .description(
      'Show which past promotions a policy file would have decided differently, and why, by what was kept of them. Applies nothing.',
    )
    .argument('<file>', 'the policy')
    .option('--days <days>', 'how far back', parseDays, 90)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath policy replay policy.yaml --days 90');
  addConnectionOptions(command).action(async (file: string, options: Options) => {
    const body = { policy: readPolicyFile(context, file).policy, days: options.days };
    const replayed = await connect(context, options).call(ReplayPolicy, { body });
    context.out(options.json ? `${JSON.stringify(replayed, null, 2)}\n` : format(replayed));
  });
}

function format({ judgedCount, unrecordedCount, differing }: z.output<(typeof ReplayPolicy)['reply']>): string {
  const unrecorded = unrecordedCount > 0 ? ` Of ${unrecordedCount} more nothing was kept.` : '';
  const summary = `Of ${formatCount(judgedCount, 'promotion')} it would have decided ${differing.length} differently.${unrecorded}\n`;
  if (differing.length === 0) return summary;
  return `${summary}\n${formatTable(['JUDGED', 'ENVIRONMENT', 'RELEASE', 'WAS', 'WOULD BE', 'WHY'], differing.map(toRow))}`;
}

function toRow({ judgedAt, environment, release, was, would, changed }: ReplayedPromotion): readonly string[] {
  const why = changed.map(({ was: before, verdict }) => `${verdict.gate} ${before ?? 'not asked'} → ${verdict.code}`);
  return [judgedAt, environment, release.version, was, would, why.join(', ')];
}
