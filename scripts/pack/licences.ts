import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The licence texts of the packages that `inputs` (paths of bundled files) come from, as their licences demand. */
export function formatLicences(inputs: readonly string[]): string {
  const folders = new Set(inputs.map(findPackageFolder).filter((folder) => folder !== undefined));
  return [...folders]
    .sort()
    .map(formatPackage)
    .join(`\n${'-'.repeat(80)}\n`);
}

function findPackageFolder(path: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}

function formatPackage(folder: string): string {
  const { name, version, license }: Record<string, unknown> = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file && existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '';
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
}
