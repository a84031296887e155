// A project in a folder of its own, outside the repository, as a user would have one.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The launcher of the executable under test. */
export const TOWPATH = fileURLToPath(new URL('../../packages/cli/bin/towpath.cjs', import.meta.url));

const CLI_PACKAGE = fileURLToPath(new URL('../../packages/cli', import.meta.url));

export interface TestProject {
  readonly folder: string;
  readonly stateFolder: string;
  /** Writes a file; the content of an existing one is replaced. */
  write(path: string, content: string, mode?: number): void;
  remove(): void;
}

/** Creates an empty project that can `import … from 'towpath'`. */
export function createTestProject(name: string): TestProject {
  const folder = mkdtempSync(join(tmpdir(), `towpath-${name}-`));
  const write: TestProject['write'] = (path, content, mode = 0o644) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content, { mode });
  };
  write('towpath.yaml', `name: ${name}\n`);
  write('package.json', '{ "type": "module", "private": true }\n');
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(CLI_PACKAGE, join(folder, 'node_modules', 'towpath'));
  return {
    folder,
    stateFolder: join(folder, '.towpath'),
    write,
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Adds a datakit that prints numbered lines slowly and leaves a result: what it writes is known byte by byte. */
export function addStepsDatakit(project: TestProject): void {
  project.write(
    'datakits/steps/datakit.yaml',
    `name: steps
version: 1.0.0
kind: test
description: Prints numbered lines, slowly
commands: [steps]
executableFolder: bin
environment: []
`,
  );
  project.write('datakits/steps/bin/steps', STEPS, 0o755);
}

const STEPS = `#!/bin/sh
i=1
while [ "$i" -le "$1" ]; do
  printf 'step %05d of %s\\n' "$i" "$1"
  [ $((i % 20)) -eq 0 ] && sleep "\${2:-0.05}"
  i=$((i + 1))
done
printf '{"steps":%s}' "$1" > "$TOWPATH_RESULT"
`;

/** The lines that `steps COUNT` prints. */
export function formatSteps(count: number): string {
  return Array.from({ length: count }, (_, i) => `step ${String(i + 1).padStart(5, '0')} of ${count}\n`).join('');
}

/** Adds a datakit that runs a line of shell, its one argument; `environment` are the variables it declares, as YAML. */
export function addProbeDatakit(project: TestProject, environment = '[]'): void {
  project.write(
    'datakits/probe/datakit.yaml',
    `name: probe
version: 1.0.0
kind: test
description: Runs a line of shell
commands: [probe]
executableFolder: bin
environment: ${environment}
`,
  );
  project.write('datakits/probe/bin/probe', '#!/bin/sh\neval "$1"\n', 0o755);
}
