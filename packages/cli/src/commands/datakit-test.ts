import { runDatakitTests } from '@towpath/datakit';
import { findDatakit } from '../datakit/find-datakit.ts';
import type { RegisterCommand } from './register-command.ts';

/** `npx towpath datakit test FOLDER`: its own tests, alone, on this machine. The exit code is theirs. */
export const registerDatakitTest: RegisterCommand = (datakit, context, exitWith) => {
  datakit
    .command('test')
    .description("Run a datakit's own tests: the command `tests` of its manifest, in its folder.")
    .argument('<datakit>', 'its folder, or its name')
    .option('--json', 'print JSON: name, version, exit code; what the tests print goes to standard error')
    .action(async (text: string, { json }: { readonly json?: boolean }) => {
      const found = findDatakit(context.cwd, text);
      const write = (bytes: Uint8Array): void => {
        if (json) context.err(Buffer.from(bytes).toString('utf8'));
        else context.out(bytes);
      };
      const exitCode = await runDatakitTests(found, {
        environmentVariables: context.env,
        signal: context.signal,
        write,
      });
      const { name, version } = found;
      if (json) context.out(`${JSON.stringify({ name, version, exitCode }, null, 2)}\n`);
      else
        context.out(
          exitCode === 0
            ? `${name} ${version}: its tests passed.\n`
            : `${name} ${version}: its tests failed (exit code ${exitCode}).\n`,
        );
      exitWith(exitCode);
    });
};
