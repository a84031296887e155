// Step 2 of a migration: files with values of an environment stay out of git, the example stays in.
import type { FileChange, Snapshot } from '../migration.ts';

const RULES = ['config/.env.*', '!config/.env.example'];

/** Git takes the last rule that matches, so ours stand at the end; a file that ends with them already is right. */
export function planIgnoreRule(files: Snapshot): readonly FileChange[] {
  const before = files.get('.gitignore');
  const lines = (before ?? '').split('\n').map((line) => line.trim());
  if (isRight(lines)) return [];
  const kept = before === undefined || before === '' || before.endsWith('\n') ? (before ?? '') : `${before}\n`;
  const gap = kept === '' ? '' : '\n';
  const comment = '# Values of environments stay on their machines; the example says which there are.';
  return [{ path: '.gitignore', before, after: `${kept}${gap}${comment}\n${RULES.join('\n')}\n` }];
}

function isRight(lines: readonly string[]): boolean {
  const hides = lines.findLastIndex((line) => /^(?:config\/|\/config\/|\*\*\/)?\.env(?:\.\*|\*)$/.test(line));
  const shows = lines.findLastIndex((line) => /^!(?:config\/|\/config\/|\*\*\/)?\.env\.example$/.test(line));
  return hides >= 0 && shows > hides;
}
