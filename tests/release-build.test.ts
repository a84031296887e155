// A release is made of a commit alone: whoever makes it, wherever and whenever, sends the same.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getProject } from '@towpath/config';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

describe('A63 every file that a release is made of is as its commit has it', () => {
  const refuse = (...files: readonly string[]) =>
    expect(build()).rejects.toMatchObject({
      code: 'RELEASE_UNCOMMITTED',
      reason: expect.stringContaining(files.join(', ')),
    });
  const ask = (...args: readonly string[]) => execFileSync('git', args, { cwd: project.folder, encoding: 'utf8' });
  const importing = (path: string) =>
    `import { word } from '${path}';\n${formatPipeline('word')}\nexport const said = word;\n`;

  it('one that Git ignores is named', async () => {
    project.write('.gitignore', 'node_modules\ngenerated\n');
    project.write('pipelines/daily.ts', importing('../generated/word.ts'));
    project.write('generated/word.ts', "export const word = 'x';\n");
    git.commitAll('generated');
    await refuse('generated/word.ts (not in the commit)');
  });

  it('one that only a function imports later is named, too', async () => {
    project.write('.gitignore', 'node_modules\ngenerated\n');
    project.write(
      'pipelines/daily.ts',
      formatPipeline("'x'").replace("console.log('said')", "console.log(await import('../generated/late.ts'))"),
    );
    project.write('generated/late.ts', 'export const late = 1;\n');
    git.commitAll('late');
    await refuse('generated/late.ts (not in the commit)');
  });

  it('one that Git was told to take for unchanged is compared by its content', async () => {
    project.write('lib/word.ts', "export const word = 'x';\n");
    project.write('pipelines/daily.ts', importing('../lib/word.ts'));
    git.commitAll('word');
    execFileSync('git', ['update-index', '--assume-unchanged', 'lib/word.ts'], { cwd: project.folder });
    await build();
    project.write('lib/word.ts', "export const word = 'y';\n");
    await refuse('lib/word.ts (otherwise than in the commit)');
  });

  it('one that a filter of Git makes the same is compared by its bytes', async () => {
    project.write('lib/word.ts', "export const word = 'x';\n");
    project.write('pipelines/daily.ts', importing('../lib/word.ts'));
    project.write('.gitattributes', 'lib/word.ts filter=honest\n');
    git.commitAll('word');
    execFileSync('git', ['config', 'filter.honest.clean', 'sed s/y/x/'], { cwd: project.folder });
    project.write('lib/word.ts', "export const word = 'y';\n");
    await refuse('lib/word.ts (otherwise than in the commit)');
  });

  it('one that `git replace` puts in the place of another is not of the commit', async () => {
    project.write('lib/word.ts', "export const word = 'x';\n");
    project.write('pipelines/daily.ts', importing('../lib/word.ts'));
    git.commitAll('word');
    project.write('lib/word.ts', "export const word = 'y';\n");
    const before = ask('rev-parse', 'HEAD').trim();
    const other = git.commitAll('other');
    ask('reset', '--quiet', '--soft', before);
    ask('replace', before, other);
    expect(ask('status', '--porcelain')).toBe('');
    await refuse('M lib/word.ts');
  });

  it.each(['a\nb.ts', 'tab\there.ts', 'ü – "quoted".ts', ':(top)word.ts', '*.ts'])(
    'one with an odd name is compared, too: %j',
    async (name) => {
      rmSync(join(project.folder, 'pipelines/daily.ts'));
      project.write(`pipelines/${name}`, formatPipeline("'x'"));
      git.commitAll('odd');
      await build();
      execFileSync('git', ['update-index', '--assume-unchanged', `./pipelines/${name}`], { cwd: project.folder });
      project.write(`pipelines/${name}`, formatPipeline("'y'"));
      const shown = /\p{C}/u.test(name) ? JSON.stringify(`pipelines/${name}`) : `pipelines/${name}`;
      await refuse(`${shown} (otherwise than in the commit)`);
    },
  );

  it('names that are no UTF-8 are named as well as they can be', async () => {
    const path = Buffer.concat([Buffer.from(join(project.folder, 'lib-')), Buffer.from([0xff]), Buffer.from('.ts')]);
    writeFileSync(path, 'export {};\n');
    await refuse('?? "lib-\uFFFD.ts"');
  });

  const link = (path: string, text: string) => {
    rmSync(join(project.folder, path), { force: true });
    symlinkSync(text, join(project.folder, path));
  };

  it('a link that Git was told to overlook is compared by where it leads', async () => {
    project.write('lib/a.ts', "export const word = 'a';\n");
    project.write('lib/b.ts', "export const word = 'b';\n");
    project.write('pipelines/daily.ts', importing('../lib/word.ts'));
    link('lib/word.ts', 'a.ts');
    git.commitAll('linked');
    await build();
    ask('update-index', '--skip-worktree', 'lib/word.ts');
    link('lib/word.ts', 'b.ts');
    expect(ask('status', '--porcelain')).toBe('');
    await refuse('lib/word.ts (otherwise than in the commit)');
  });

  it('a file or a folder in whose place a link lies is another', async () => {
    project.write('lib/word.ts', "export const word = 'a';\n");
    project.write('other/word.ts', "export const word = 'b';\n");
    project.write('pipelines/daily.ts', importing('../lib/word.ts'));
    git.commitAll('files');
    ask('update-index', '--skip-worktree', 'lib/word.ts');
    link('lib/word.ts', '../other/word.ts');
    await refuse('lib/word.ts (otherwise than in the commit)');
    rmSync(join(project.folder, 'lib'), { recursive: true });
    link('lib', 'other');
    project.write('.git/info/exclude', 'lib\n');
    await refuse('lib (not in the commit)');
  });

  it.each([
    ['a pipeline', 'pipelines/extra.ts'],
    ['a module', 'generated/word.ts'],
    ['a folder', 'generated'],
  ])('a link that Git ignores is no %s of the commit', async (_, path) => {
    project.write('.gitignore', 'node_modules\ngenerated\npipelines/extra.ts\n');
    project.write('drafts/extra.ts', formatPipeline("'extra'").replace("'daily'", "'extra'"));
    project.write('drafts/word.ts', "export const word = 'x';\n");
    if (path !== 'pipelines/extra.ts') project.write('pipelines/daily.ts', lateImporting('../generated/word.ts'));
    git.commitAll('drafts');
    if (path === 'generated/word.ts') project.write('generated/kept.txt', '');
    if (path === 'generated') link(path, 'drafts');
    else link(path, `../drafts/${path === 'pipelines/extra.ts' ? 'extra.ts' : 'word.ts'}`);
    await refuse(`${path} (not in the commit)`);
  });

  it('a link of the commit leads to nowhere outside of the repository, from where it could come back', async () => {
    const strange = mkdtempSync(join(tmpdir(), 'towpath-strange-'));
    try {
      project.write('drafts/word.ts', "export const word = 'x';\n");
      project.write('pipelines/daily.ts', importing('../lib/word.ts'));
      symlinkSync(join(project.folder, 'drafts'), join(strange, 'there'));
      project.write('lib/kept.txt', '');
      link('lib/word.ts', join(strange, 'there/word.ts'));
      git.commitAll('strange');
      await refuse('lib/word.ts (leads outside of the repository)');
    } finally {
      rmSync(strange, { recursive: true, force: true });
    }
  });

  it.each([
    ['was told to overlook', ['update-index', '--skip-worktree', 'pipelines/second.ts']],
    ['keeps out of the folder', ['sparse-checkout', 'set', '--no-cone', '/*', '!/pipelines/second.ts']],
  ])('a file that Git %s is missed', async (_, args) => {
    project.write('pipelines/second.ts', formatPipeline("'second'").replace("'daily'", "'second'"));
    git.commitAll('second');
    await build();
    ask(...args);
    rmSync(join(project.folder, 'pipelines/second.ts'), { force: true });
    expect(ask('status', '--porcelain')).toBe('');
    await refuse('pipelines/second.ts (missing)');
  });

  it('files with names that are no UTF-8 are there, or missed', async () => {
    const path = Buffer.concat([Buffer.from(join(project.folder, 'lib-')), Buffer.from([0xff]), Buffer.from('.txt')]);
    writeFileSync(path, 'x');
    git.commitAll('odd');
    await build();
    execFileSync('sh', ['-c', 'git ls-files -z | xargs -0 git update-index --skip-worktree --'], {
      cwd: project.folder,
    });
    rmSync(path);
    await refuse('"lib-\uFFFD.txt" (missing)');
  });

  it('what package.json lets names stand for is compared, too', async () => {
    const write = (word: string) => project.write('package.json', `{"type":"module","imports":{"#word":"${word}"}}\n`);
    project.write('lib/a.ts', "export const word = 'a';\n");
    project.write('lib/b.ts', "export const word = 'b';\n");
    project.write('pipelines/daily.ts', importing('#word'));
    write('./lib/a.ts');
    git.commitAll('named');
    await build();
    ask('update-index', '--assume-unchanged', 'package.json');
    write('./lib/b.ts');
    await refuse('package.json (otherwise than in the commit)');
  });

  it('one outside of the project is the same as in the commit, or named', async () => {
    const inner = createInner();
    writeFileSync(join(project.folder, 'shared.ts'), "export const word = 'x';\n");
    git.commitAll('inner');
    await build(inner);
    writeFileSync(join(project.folder, 'shared.ts'), "export const word = 'y';\n");
    await expect(build(inner)).rejects.toMatchObject({ reason: 'shared.ts (otherwise than in the commit).' });
  });

  it('one outside of the project that only a function imports later is, too', async () => {
    const inner = createInner(
      formatPipeline("'x'").replace("console.log('said')", "console.log(await import('../../late.ts'))"),
    );
    project.write('late.ts', 'export const late = 1;\n');
    git.commitAll('inner');
    await build(inner);
    project.write('late.ts', 'export const late = 2;\n');
    await expect(build(inner)).rejects.toMatchObject({ reason: 'late.ts (otherwise than in the commit).' });
  });

  it('a package of the same repository is compared, and one that is installed is not', async () => {
    const inner = createInner(
      `import { other } from 'installed';\n${importing('shared')}\nexport const both = other;\n`,
    );
    const write = (folder: string, name: string, text: string) => {
      project.write(`${folder}/package.json`, JSON.stringify({ name, type: 'module', exports: './index.js' }));
      project.write(`${folder}/index.js`, text);
    };
    write('shared', 'shared', "export const word = 'x';\n");
    write('inner/node_modules/installed', 'installed', "export const other = 'y';\n");
    symlinkSync(join(project.folder, 'shared'), join(inner, 'node_modules', 'shared'));
    git.commitAll('workspace');
    await build(inner);
    project.write('shared/index.js', "export const word = 'z';\n");
    await expect(build(inner)).rejects.toMatchObject({ reason: 'shared/index.js (otherwise than in the commit).' });
  });

  it('one outside of the repository is in no commit', async () => {
    const strange = mkdtempSync(join(tmpdir(), 'towpath-strange-'));
    try {
      writeFileSync(join(strange, 'word.ts'), "export const word = 'x';\n");
      project.write('pipelines/daily.ts', importing(join(strange, 'word.ts')));
      git.commitAll('strange');
      await refuse(`word.ts (outside of the repository)`);
    } finally {
      rmSync(strange, { recursive: true, force: true });
    }
  });

  function lateImporting(path: string): string {
    return formatPipeline("'x'").replace("console.log('said')", `console.log(await import('${path}'))`);
  }

  /** A project in a folder of the repository, which imports a file above it. */
  function createInner(pipeline = importing('../../shared.ts')): string {
    const inner = join(project.folder, 'inner');
    for (const [path, text] of [
      ['towpath.yaml', 'name: inner\n'],
      ['CHANGELOG.md', '## 1.0.0\n\nThe first one.\n'],
      ['pipelines/daily.ts', pipeline],
    ] as const)
      project.write(`inner/${path}`, text);
    return inner;
  }
});

it('A63 A81 what a project declares is recorded without values, and of its environments only what the commit has', async () => {
  project.write(
    'towpath.yaml',
    `name: built
variables:
  REGION: { type: string, required: true }
environments:
  local: { kind: local }
  int: { kind: shared }
  prod: { kind: production, secrets: { provider: file, folder: /run/secrets } }
`,
  );
  project.write('config/.env.int', 'REGION=eu\n');
  project.write('.gitignore', 'node_modules\nconfig/.env.prod\n');
  project.write('config/.env.prod', 'REGION=eu\n');
  git.commitAll('declared');
  const { body } = await build();
  expect(body.declaration).toMatchObject({
    variables: [{ name: 'REGION', isRequired: true, isProvided: false }],
    environments: [
      { name: 'int', before: null, set: ['REGION'] },
      { name: 'prod', before: 'int', set: [], differences: ['secrets.provider'], areValuesCompared: false },
    ],
  });
  expect(JSON.stringify(body.declaration)).not.toContain('eu');
});
