// The command line as people of a promotion rig use it: in its project, each with a token of their own.
import { waitFor } from '@towpath/testkit';
import { runProgram } from '../../packages/cli/src/program.ts';
import { createTestContext } from '../../packages/cli/src/testing/test-context.ts';
import type { Person, PromotionRig } from './promotion-rig.ts';

/** Agents that load, and gates that are judged again, beside other tests. */
const DEADLINE_MS = 60_000;

/** How a command ended, and what it printed. */
export interface CommandEnd {
  readonly code: number;
  readonly out: string;
}

export interface PromotionCommand {
  /** Runs `towpath …` as somebody; throws what the command throws. */
  towpath(person: Person, ...args: readonly string[]): Promise<CommandEnd>;
  /** Runs it as a reader until it says this; returns what it printed then. */
  waitForLine(pattern: RegExp, ...args: readonly string[]): Promise<string>;
}

/** `getRig` is asked with each command: tests start theirs before the first. */
export function createPromotionCommand(getRig: () => PromotionRig): PromotionCommand {
  const towpath: PromotionCommand['towpath'] = async (person, ...args) => {
    const { serverUrl, tokens, project } = getRig();
    const env = { TOWPATH_SERVER: serverUrl, TOWPATH_TOKEN: tokens[person] };
    const world = createTestContext({ env, cwd: project.folder });
    const code = await runProgram(world.context, args);
    return { code, out: world.out() };
  };
  return {
    towpath,
    waitForLine: (pattern, ...args) =>
      waitFor(`${args.join(' ')} to say ${pattern}`, DEADLINE_MS, async () => {
        const { out } = await towpath('bo', ...args);
        if (!pattern.test(out)) throw new Error(out);
        return out;
      }),
  };
}
