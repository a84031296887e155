// A project in a folder of its own, and what `npx towpath doctor` says of it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { runProgram } from '../../program.ts';
import { createTestContext } from '../../testing/test-context.ts';

const Findings = z.array(
  z.strictObject({
    subject: z.string(),
    status: z.enum(['ok', 'note', 'problem']),
    text: z.string(),
    fix: z.string().nullable(),
    code: z.string().optional(),
  }),
);

/** What was found, without what is healthy, and how the command ended. */
export interface DoctorAnswer {
  readonly code: number;
  readonly findings: z.output<typeof Findings>;
  /** All that was printed as JSON, what is healthy included. */
  readonly text: string;
}

export interface DoctorProject {
  readonly folder: string;
  write(path: string, content: string): void;
  /** Runs some checks, with these variables alone. */
  run(only: string, variables?: Readonly<Record<string, string>>, args?: readonly string[]): Promise<DoctorAnswer>;
  remove(): void;
}

/** Creates a project with this towpath.yaml. */
export function createDoctorProject(projectFile: string): DoctorProject {
  const folder = mkdtempSync(join(tmpdir(), 'towpath-doctor-'));
  const write: DoctorProject['write'] = (path, content) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  write('towpath.yaml', projectFile);
  return {
    folder,
    write,
    run: async (only, env = {}, args = []) => {
      const { context, out } = createTestContext({ cwd: folder, env });
      const code = await runProgram(context, ['doctor', '--only', only, '--json', ...args]);
      const findings = Findings.parse(JSON.parse(out()));
      return { code, findings: findings.filter(({ status }) => status !== 'ok'), text: out() };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
