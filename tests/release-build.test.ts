// A release is made of a commit alone: whoever makes it, wherever and whenever, sends the same.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getProject } from '@towpath/config';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildRelease } from '../packages/cli/src/releases/build-release.ts';
import { type GitHistory, openGitHistory } from './support/git-history.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

let project: TestProject;
let git: GitHistory;
beforeEach(() => {
  project = createTestProject('built');
  project.write('.gitignore', 'node_modules\n');
  project.write('CHANGELOG.md', '## 1.0.0\n\nThe first one.\n');
  project.write('pipelines/daily.ts', formatPipeline("'Says so'"));
  git = openGitHistory(project.folder);
  git.commitAll('first');
});
afterEach(() => project.remove());

function formatPipeline(description: string): string {
  return `import { datakitTask, definePipeline, functionTask } from 'towpath';
export default definePipeline({
  name: 'daily',
  description: ${description},
  tasks: [
    functionTask({ id: 'say', run: async () => console.log('said') }),
    datakitTask({ id: 'load', datakit: 'steps', version: '1.2.0', command: 'steps 3' }),
    datakitTask({ id: 'again', datakit: 'steps', version: '1.2.0', command: 'steps 4' }),
  ],
});
`;
}

const build = (folder = project.folder, version = 'v1.0.0') =>
  buildRelease(getProject(folder), version, { imagesFrom: undefined, findCredentials: async () => undefined });

it('A63 the bill of a commit is the same wherever it is made', async () => {
  const { body, bundle } = await build();
  expect(body).toMatchObject({
    ...{ project: 'built', version: 'v1.0.0', changelog: 'The first one.', bundleHash: bundle?.hash },
    gitSha: expect.stringMatching(/^[0-9a-f]{40}$/),
  });
  const folder = mkdtempSync(join(tmpdir(), 'towpath-elsewhere-'));
  try {
    cpSync(project.folder, folder, { recursive: true, verbatimSymlinks: true });
    expect((await build(folder)).body).toEqual(body);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it.each([
  ['the time', "'at ' + performance.now()"],
  ['the day of its time zone', "'on ' + new Date(1_700_000_000_000).getDate()"],
  ['chance', "'of ' + Math.random()"],
])('A63 code that asks for %s is refused', async (_, description) => {
  project.write('pipelines/daily.ts', formatPipeline(description));
  git.commitAll('odd');
  await expect(build()).rejects.toMatchObject({ code: 'RELEASE_NOT_REPRODUCIBLE' });
});

it('code that can not be evaluated is told as ever', async () => {
  project.write('pipelines/broken.ts', 'export default nothing;\n');
  git.commitAll('broken');
  await expect(build()).rejects.toMatchObject({ reason: expect.stringContaining('pipelines/broken.ts') });
});

it('a folder without commits is no release, and neither is one that has more than its commit', async () => {
  rmSync(join(project.folder, '.git'), { recursive: true });
  await expect(build()).rejects.toMatchObject({ code: 'GIT_UNAVAILABLE' });
  openGitHistory(project.folder).commitAll('again');
  project.write('lib/new.ts', 'export {};\n');
  await expect(build()).rejects.toMatchObject({ code: 'RELEASE_UNCOMMITTED', reason: '?? lib/new.ts.' });
});
