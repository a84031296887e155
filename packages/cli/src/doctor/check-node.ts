import type { Check } from './check.ts';

const MIN_MAJOR = 24;

/** Node runs our TypeScript as it is from version 24 on. */
export const checkNode: Check = async () => {
  const { node } = process.versions;
  if (Number.parseInt(node, 10) >= MIN_MAJOR) return [{ subject: 'node', status: 'ok', text: `Node ${node}` }];
  return [
    {
      subject: 'node',
      status: 'problem',
      text: `Node ${node} is too old; Towpath needs ${MIN_MAJOR} or later.`,
      fix: 'Start Towpath by its launcher (`npx towpath`, `make dev`): it brings its own Node from npm.',
      code: 'NODE_TOO_OLD',
    },
  ];
};
