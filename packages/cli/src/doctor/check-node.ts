import type { Check } from './check.ts';

/** Can this Node run Towpath? */
export const checkNode: Check = async ({ limits: { minNodeMajor } }) => {
  const { node } = process.versions;
  if (Number.parseInt(node, 10) >= minNodeMajor) return [{ subject: 'node', status: 'ok', text: `Node ${node}` }];
  return [
    {
      subject: 'node',
      status: 'problem',
      text: `Node ${node} is too old; Towpath needs ${minNodeMajor} or later.`,
      fix: 'Start Towpath by its launcher (`npx towpath`, `make dev`): it brings its own Node from npm.',
      code: 'NODE_TOO_OLD',
    },
  ];
};
