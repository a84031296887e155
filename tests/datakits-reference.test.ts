// docs/reference/datakits.md is executed: each command on real registries and a real engine, each output compared.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireDocker } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { executePage } from './support/executed-page.ts';
import { createImageProject, type ImageProject } from './support/image-project.ts';

const PATH = fileURLToPath(new URL('../docs/reference/datakits.md', import.meta.url));
const PAGE = readFileSync(PATH, 'utf8');
const [BROKEN = '', PROJECT = ''] = PAGE.split('```yaml\n')
  .slice(1)
  .map((part) => part.split('```')[0] ?? '');

let project: ImageProject;
beforeEach((context) => {
  const { reason } = requireDocker();
  if (reason !== undefined) context.skip(reason);
  project = createImageProject(context);
});
afterEach(async () => {
  execFileSync('docker', ['image', 'rm', '--force', 'datakits/line-counter:0.1.0'], { stdio: 'ignore' });
  await project.clear('line-counter', 'sqlserver-bronze');
});

/** What the page calls a place, and where it is in this run; the longer names first. */
function listPlaces(): readonly (readonly [string, string])[] {
  const { open, guarded, repositories, base } = project;
  return [
    ['registry.int.example/base:node', base],
    ['registry.int.example', `${open}/${repositories}/int`],
    ['registry.qa.example', `${guarded}/${repositories}/qa`],
    ['registry.prod.example', `${guarded}/${repositories}/prod`],
  ];
}

/** Digests follow from the base image of this machine: on the page the first is 0101…, the second 0202…. */
function createDigests() {
  const real: string[] = [];
  const fake = (at: number): string =>
    String(at + 1)
      .padStart(2, '0')
      .repeat(32);
  const toFake = (text: string, hex: string): string => {
    let at = real.findIndex((known) => known.startsWith(hex));
    if (at < 0) at = real.push(hex) - 1;
    return text.replaceAll(`sha256:${hex}`, `sha256:${fake(at).slice(0, hex.length)}`);
  };
  return {
    hide: (text: string): string =>
      [...text.matchAll(/sha256:([0-9a-f]{12,64})/g)].reduce((hidden, [, hex = '']) => toFake(hidden, hex), text),
    find: (text: string): string =>
      real.reduce((found, hex, at) => found.replaceAll(`sha256:${fake(at)}`, `sha256:${hex}`), text),
  };
}

test('A13 A14 A15 A17 A19 every command of docs/reference/datakits.md prints what stands there (refresh: npx vitest run tests/datakits-reference.test.ts -u)', async () => {
  const places = listPlaces();
  const digests = createDigests();
  const toReal = (text: string): string =>
    digests.find(places.reduce((real, [name, place]) => real.replaceAll(name, place), text));
  const toPage = (text: string): string =>
    digests.hide(places.reduce((page, [name, place]) => page.replaceAll(place, name), text));
  project.write('towpath.yaml', toReal(PROJECT));
  project.write('datakits/broken/datakit.yaml', BROKEN);
  const executed = await executePage(PAGE, async (line) => {
    const { code, out } = await project.run(toReal(line).replace(/^towpath /, ''));
    // `list` refuses a project in which one can't be read.
    if (line.includes('datakits/broken')) rmSync(join(project.folder, 'datakits/broken'), { recursive: true });
    const shown = toPage(out).replaceAll(/(?<=\(|duration_ms )[\d.]+/g, '1.5');
    const own = shown.split('\n').filter((text) => !/sqlserver-bronze/.test(text));
    return `${own.join('\n').trimEnd()}${code === 0 ? '' : `\n(exit code ${code})`}`;
  });
  await expect(executed).toMatchFileSnapshot(PATH);
});
