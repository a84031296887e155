import { expect, test } from 'vitest';
import { formatImageReference, parseImageReference } from './image-reference.ts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;

test.each([
  ['node', undefined, 'node:latest'],
  ['datakits/files:1.4.0', undefined, 'datakits/files:1.4.0'],
  ['localhost/datakits/files:1.4.0', 'localhost', 'localhost/datakits/files:1.4.0'],
  ['localhost:5000/datakits/files:1.4.0', 'localhost:5000', 'localhost:5000/datakits/files:1.4.0'],
  ['registry.localhost:5000/datakits/files:1', 'localhost:5000', 'localhost:5000/datakits/files:1'],
  ['registry.localhost/datakits/files', 'localhost', 'localhost/datakits/files:latest'],
  [
    `registry.qa.example/team/datakits/a-b:1.4.0@${DIGEST}`,
    'registry.qa.example',
    `registry.qa.example/team/datakits/a-b@${DIGEST}`,
  ],
])('A14 %s names an image of registry %s', (text, registry, asked) => {
  const reference = parseImageReference(text);
  expect(reference.registry).toBe(registry);
  expect(formatImageReference(reference)).toBe(asked);
});

test.each(['', 'Node', 'a..b', 'a/', '/a', 'a:b:c', 'a@sha256:00', 'a b', 'a/../b', `a:${'1'.repeat(129)}`])(
  'A14 %j names no image',
  (text) => {
    expect(() => parseImageReference(text)).toThrow(expect.objectContaining({ code: 'IMAGE_REFERENCE_INVALID' }));
  },
);
