// The floor of processes: a bare script that starts them, in a process of its own. A fork copies page tables, so that of a large
// process, such as the bench itself, takes three times as long, and would be no floor. Arguments: how many, how many at once, file that
// each reads as its standard input, command and its arguments.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

const [count = '0', width = '1', input = '', command = '', ...args] = process.argv.slice(2);
const from = performance.now();
let left = Number(count);

async function work(): Promise<void> {
  while (left > 0) {
    left -= 1;
    await run();
  }
}

async function run(): Promise<void> {
  const stdin = openSync(input, 'r');
  const child = spawn(command, args, { stdio: [stdin, 'ignore', 'ignore'], detached: true });
  closeSync(stdin);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`${command} ended with ${String(code)}`);
}

await Promise.all(Array.from({ length: Number(width) }, work));
console.log((performance.now() - from) / 1000);
