// Step 5 of a migration: a test per environment. It proves that what an environment's configuration names is its own.
import type { FileChange, Snapshot } from '../migration.ts';

/** Plans the tests, in the languages in which code names variables. */
export function planTests(
  files: Snapshot,
  environments: readonly string[],
  languages: ReadonlySet<'python' | 'typescript'>,
): readonly FileChange[] {
  const list = JSON.stringify(environments).replaceAll(',', ', ');
  const wanted = [
    { path: 'tests/test_environments.py', content: formatPython(list), isWanted: languages.has('python') },
    {
      path: 'tests/environments.test.mjs',
      content: formatJavaScript(list.replaceAll('"', "'")),
      isWanted: languages.has('typescript'),
    },
  ];
  return wanted.flatMap(({ path, content, isWanted }) =>
    isWanted && !files.has(path) ? [{ path, before: undefined, after: content }] : [],
  );
}

function formatPython(list: string): string {
  return `"""Each environment's configuration names what is its own. Run: python -m unittest tests.test_environments"""
import json
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ${list}

DUMP = """
import json
from config.config import Config
print(json.dumps({name: value for name, value in vars(Config).items() if name.isupper()}))
"""


def load(environment):
    """Load config.py in a process of its own, as a deployment would."""
    env = {**os.environ, "ENVIRONMENT": environment, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", DUMP], cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout)


class EnvironmentTest(unittest.TestCase):
    pass


def add_test(environment):
    others = {name for name in ENVIRONMENTS if name != environment}

    def test(self):
        values = load(environment)
        self.assertEqual(values["ENVIRONMENT"], environment)
        for name, value in values.items():
            if value is None:
                continue
            words = set(re.split(r"[-_./]", str(value)))
            self.assertFalse(words & others, f"{name} of {environment} names another environment")
            self.assertNotIn("None", words, f"{name} of {environment} lacks an input")

    setattr(EnvironmentTest, f"test_{environment}", test)


for each in ENVIRONMENTS:
    if (ROOT / "config" / f".env.{each}").exists():
        add_test(each)

if __name__ == "__main__":
    unittest.main()
`;
}

function formatJavaScript(list: string): string {
  return `// Each environment's configuration names what is its own. Run: node --test tests/environments.test.mjs
import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';

const ENVIRONMENTS = ${list};
const ROOT = new URL('..', import.meta.url);
// What is not set yet is left out.
const DUMP = \`import './config/load-environment.ts';
import { config } from './config/config.ts';
const read = (name) => { try { return config[name]; } catch (error) { if (!/is not set/.test(error.message)) throw error; } };
console.log(JSON.stringify(Object.fromEntries(Object.keys(config).map((name) => [name, read(name)]))));\`;

for (const environment of ENVIRONMENTS) {
  const isHere = existsSync(new URL(\`config/.env.\${environment}\`, ROOT));
  test(environment, { skip: isHere ? false : \`config/.env.\${environment} is not on this machine\` }, () => {
    const env = { ...process.env, ENVIRONMENT: environment };
    const text = execFileSync(process.execPath, ['--input-type=module', '-e', DUMP], { cwd: ROOT, env, encoding: 'utf8' });
    for (const [name, value] of Object.entries(JSON.parse(text))) {
      const words = String(value).split(/[-_./]/);
      for (const other of ENVIRONMENTS.filter((candidate) => candidate !== environment))
        assert.ok(!words.includes(other), \`\${name} of \${environment} names \${other}\`);
    }
  });
}
`;
}
