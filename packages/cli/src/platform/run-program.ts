import { execFile } from 'node:child_process';

/** Runs a program to its end; what it prints is for nobody. @throws Error the first line that says why it failed */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly signal: AbortSignal },
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    execFile(program, args, { ...options, encoding: 'utf8' }, (failure, _output, complaint) => {
      if (failure === null) return resolve();
      const lines = complaint.split('\n').map((line) => line.replace(/^npm (?:ERR!|error) ?/, '').trim());
      reject(new Error(lines.filter(Boolean).slice(0, 3).join(' ') || failure.message));
    });
  });
}
