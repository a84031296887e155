import { spawn } from 'node:child_process';

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = { linux: 'xdg-open', darwin: 'open' };

/** Asks the desktop to show an address; where there is none, nothing happens, and the printed address is opened by hand. */
export function openBrowser(address: string): void {
  const command = OPENERS[process.platform];
  if (command === undefined) return;
  const child = spawn(command, [address], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
