import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { validateDatakit } from './validate-datakit.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'datakit-validate-'));
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/run'), '#!/bin/sh\n');
  chmodSync(join(folder, 'bin/run'), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

function validate(manifest: string) {
  writeFileSync(join(folder, 'datakit.yaml'), manifest);
  return validateDatakit(folder, '0.1.0').problems;
}

const GOOD = `name: small
version: 1.0.0
kind: test
commands: [run]
`;

test('A13 a manifest of before is good, and one with all keys', () => {
  expect(validate(GOOD)).toEqual([]);
  const all = `${GOOD}description: All of it
executableFolder: bin
environment: [{ name: SOURCE, required: true, description: Where from }]
targets: [bronze]
resources: { cpu: 0.5, memory: 512Mi }
minimumPlatform: 0.1.0
image: { base: "python:3.13-slim", files: [bin], entry: sh, bundle: {} }
tests: sh tests/run.sh "an argument"
`;
  expect(validate(all)).toEqual([]);
});

test('A13 thirteen problems of one manifest are reported together, each with its line', () => {
  writeFileSync(join(folder, 'bin/plain'), '#!/bin/sh\n');
  const problems = validate(`name: Small
version: latest
commands: [run, absent, plain]
enviroment: []
environment:
  - { name: A-B }
  - { name: TWICE, requird: true }
resources: { cpu: -1, memory: much }
minimumPlatform: 9.0.0
image: { base: "Not An Image", files: [src, ../up] }
tests: 'sh "open'
`);
  expect(problems.map(({ key, line }) => [key, line])).toEqual([
    ['name', 1],
    ['kind', 1],
    ['version', 2],
    ['commands[1]', 3],
    ['commands[2]', 3],
    ['enviroment', 4],
    ['environment[0].name', 6],
    ['environment[1].requird', 7],
    ['resources.cpu', 8],
    ['resources.memory', 8],
    ['minimumPlatform', 9],
    ['image.files[1]', 10],
    ['tests', 11],
  ]);
  expect(problems.map(({ message }) => message)).toEqual(
    expect.arrayContaining(['is missing', 'is unknown; did you mean environment?', 'there is no bin/absent']),
  );
});

test('A13 what only shows beside other keys and files is reported, too', () => {
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
  const problems = validate(`name: small..kit
version: 1.0.0+build
kind: test
commands: [run]
environment: [{ name: A }, { name: A }]
image: { base: "Node:24", files: [absent], bundle: { dist/x.js: src/x.ts } }
`);
  expect(problems.map(({ key }) => key).sort()).toEqual([
    'environment[1].name',
    'image',
    'image.base',
    'image.bundle.dist/x.js',
    'image.files[0]',
    'name',
    'version',
  ]);
});

test('A13 links that lead out of the folder are named before a build refuses them', () => {
  symlinkSync('/etc/hostname', join(folder, 'bin/outside'));
  symlinkSync('run', join(folder, 'bin/inside'));
  const problems = validate(`${GOOD}image: { base: "debian:12", files: [bin/outside] }\n`);
  expect(problems.map(({ line, message }) => `${line}: ${message}`)).toEqual([
    expect.stringMatching(/^\d+: .*bin\/outside is a link that leads out of the folder/),
    expect.stringMatching(/^5: .*bin\/outside is a link that leads out of the folder/),
  ]);
});

test('A13 no manifest, no YAML and no keys are one problem each', () => {
  expect(validateDatakit(folder, '0.1.0').problems).toEqual([
    { key: '', message: 'there is no datakit.yaml', line: 1 },
  ]);
  expect(validate('name: [')).toMatchObject([{ key: '' }]);
  expect(validate('- a\n')).toMatchObject([{ key: '' }]);
});

test('A13 the datakit that comes with Towpath is good', () => {
  const shipped = fileURLToPath(new URL('../../../../datakits/sqlserver', import.meta.url));
  expect(validateDatakit(shipped, '0.1.0').problems).toEqual([]);
});
