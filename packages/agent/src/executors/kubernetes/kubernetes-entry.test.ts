// Commands of images that have no shell: by Node, or without anything before them. TypeScript tasks have the entry by Node, and pass
// the contract with it.
import { requireKubernetes } from '@towpath/testkit';
import { describe, expect, type TestContext, test } from 'vitest';
import { readOutput, waitForOutput } from '../../testing/attempt-output.ts';
import { specify } from '../../testing/executor-contract.ts';
import { openKubernetesSubject } from '../../testing/kubernetes-subject.ts';
import { SLEEPS } from '../../testing/probes.ts';
import type { EntryKind } from '../entry-kind.ts';
import type { AttemptSpecification, HeldAttempt } from '../executor.ts';

const part = requireKubernetes();

/** Runs words in an image that says this of its entry. */
async function start(
  context: TestContext,
  {
    entry,
    argv,
    ...more
  }: { readonly entry: EntryKind; readonly argv: readonly string[] } & Partial<AttemptSpecification>,
): Promise<HeldAttempt> {
  const subject = await openKubernetesSubject(part);
  context.onTestFinished(() => subject.close());
  const work = { kind: 'command', argv, entry } as const;
  return await subject.executor.start(await specify('command', SLEEPS, subject.folder, { work, ...more }));
}

const HARD = ['', "it's", '"quoted"', '$(HOME) $$ $HOME', 'ä 日本 🚣', 'a\nb', '--', '-e'];

/** Says what it was given, and leaves a result. */
const SAYS = `const { readFileSync: read, writeFileSync: write, readdirSync: list } = require('node:fs');
const { env } = process;
console.log(JSON.stringify([process.argv.slice(1), env.PASSWORD, env.PLAIN, process.cwd(), process.pid === 1]));
console.log(read(env.TOWPATH_INPUTS, 'utf8') + read(env.TOWPATH_PARAMETERS, 'utf8'));
for (const folder of ['.', env.TMPDIR]) write(folder + '/own', 'x');
write(env.TOWPATH_RESULT, JSON.stringify({ rows: 3, 'ä': list('.') }));
process.stdout.write('no newline');`;

const GIVEN = {
  environmentVariables: { PASSWORD: "it's $(X) secret", PLAIN: '$(X) plain' },
  secretNames: new Set(['PASSWORD']),
  inputs: { upstream: { rows: 3 } },
  parameters: { day: '2026-07-01' },
};

describe
  .skipIf(part.reason !== undefined)
  .concurrent(`an image without a shell on Kubernetes (${part.reason ?? 'which is there'})`, () => {
    test.for(['node', 'none'] as const)(
      'A20 kubernetes: with the entry %s is given its words, variables, secrets and files, and leaves its result',
      async (entry, context) => {
        const attempt = await start(context, { entry, argv: ['node', '-e', SAYS, '--', ...HARD], ...GIVEN });
        expect(await attempt.ended).toMatchObject({ outcome: 'succeeded', result: { rows: 3, ä: ['own'] } });
        const [said = '', ...lines] = (await readOutput(attempt)).split('\n');
        const isFirst = entry === 'none';
        expect(JSON.parse(said)).toEqual([HARD, "it's $(X) secret", '$(X) plain', '/towpath/run/work', isFirst]);
        expect(lines).toContain(JSON.stringify(GIVEN.inputs) + JSON.stringify(GIVEN.parameters));
        expect(lines.at(-1)).toBe('no newline');
      },
    );

    test.for(['node', 'none'] as const)(
      'A20 kubernetes: with the entry %s ends with the exit code, the cancel and the result of its command',
      async (entry, context) => {
        const run = (script: string) => start(context, { entry, argv: ['node', '-e', script] });
        const [failed, empty, malformed, cancelled] = await Promise.all([
          run('process.exit(75)'),
          run('console.log(1)'),
          run(`require('node:fs').writeFileSync(process.env.TOWPATH_RESULT, '[1')`),
          run(`process.on('SIGTERM', () => process.exit(9)); console.log('up'); setInterval(() => {}, 1000)`),
        ]);
        await waitForOutput(cancelled, 'up');
        cancelled.cancel();
        expect(await failed.ended).toMatchObject({ outcome: 'failed', exitCode: 75, reasonCode: 'EXIT_CODE' });
        expect(await empty.ended).toMatchObject({ outcome: 'succeeded', result: null });
        expect(await readOutput(empty)).toBe('1\n');
        expect(await malformed.ended).toMatchObject({ outcome: 'failed', reasonCode: 'RESULT_INVALID' });
        expect(await cancelled.ended).toMatchObject({ outcome: 'cancelled', exitCode: 9 });
      },
    );

    test('A20 kubernetes: that lacks the command could not be started', async (context) => {
      const argv = ['no-such-command'];
      const [node, none] = [
        await start(context, { entry: 'node', argv }),
        await start(context, { entry: 'none', argv }),
      ];
      for (const attempt of [node, none]) expect(await attempt.ended).toMatchObject({ reasonCode: 'START_FAILED' });
      expect(await readOutput(node)).toContain('error COMMAND_MISSING: The image has no command "no-such-command".');
      expect(await readOutput(none)).toMatch(/error POD_START_FAILED: .*no-such-command/s);
    });
  });
