// Which Python files are started by their path: those can't import from the repository's root by themselves.
import type { Snapshot } from '../migration.ts';

/**
 * True for a file in a folder that has a `__main__` part, that YAML (a workflow, a compose file) starts by its path, or that
 * nothing imports.
 */
export function isPythonScript(path: string, files: Snapshot): boolean {
  if (!path.includes('/')) return false;
  const source = files.get(path) ?? '';
  return /^if __name__ == ["']__main__["']/m.test(source) || isStarted(path, files) || !isImported(path, files);
}

function isStarted(path: string, files: Snapshot): boolean {
  const command = new RegExp(`\\bpython[0-9.]*(?:\\s+-[A-Za-z]+)*\\s+(?:\\./)?${escapeText(path)}\\b`);
  return [...files].some(([name, text]) => /\.(?:ya?ml|json)$/.test(name) && command.test(text));
}

/** `from etl.load import x`, `import etl.load`, `from etl import load`, `from .load import x`, `from load import x`. */
function isImported(path: string, files: Snapshot): boolean {
  const parts = path.replace(/\.py$/, '').split('/');
  const name = parts.at(-1) ?? '';
  const whole = parts.map(escapeText).join('\\.');
  const parent = parts.slice(0, -1).map(escapeText).join('\\.');
  const statement = new RegExp(
    `^[ \\t]*(?:(?:from|import)[ \\t]+(?:${whole}|\\.*${escapeText(name)})\\b|from[ \\t]+(?:${parent}|\\.+)[ \\t]+import[ \\t(]+[^\\n]*\\b${escapeText(name)}\\b)`,
    'm',
  );
  return [...files].some(([other, text]) => other !== path && other.endsWith('.py') && statement.test(text));
}

function escapeText(text: string): string {
  return text.replace(/[^A-Za-z0-9_]/g, '\\$&');
}
