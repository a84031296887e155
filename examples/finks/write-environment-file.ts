// config/.env.<environment> of this machine: a copy of the example, in which what a start knows is filled in.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Sets these in the file of an environment; what else stands there stays, and so does what is undefined here. */
export function writeEnvironmentFile(
  folder: string,
  environment: string,
  values: Readonly<Record<string, string | undefined>>,
): void {
  const path = join(folder, `.env.${environment}`);
  const before = readFileSync(existsSync(path) ? path : join(folder, '.env.example'), 'utf8');
  const after = Object.entries(values).reduce((text, [name, value]) => setValue(text, name, value), before);
  // It may hold the key of a store.
  if (after !== before || !existsSync(path)) writeFileSync(path, after, { mode: 0o600 });
}

function setValue(text: string, name: string, value: string | undefined): string {
  if (value === undefined) return text;
  const line = new RegExp(`^${name}=.*$`, 'm');
  const quoted = /^[\w./:@-]*$/.test(value) ? value : `'${value}'`;
  return line.test(text) ? text.replace(line, () => `${name}=${quoted}`) : `${text}${name}=${quoted}\n`;
}
