import { describe, expect, it } from 'vitest';
import { parseProject } from './read-project.ts';

/** What is wrong with a project of this text. */
function listWrong(text: string): readonly string[] {
  try {
    parseProject('/project', `name: x\n${text}`);
    return [];
  } catch (thrown) {
    if (thrown instanceof Error && 'problems' in thrown && Array.isArray(thrown.problems))
      return thrown.problems.map(({ code, message, place }) => `${code} ${place?.line} ${message}`);
    throw thrown;
  }
}

describe('a hostile towpath.yaml', () => {
  it.each([
    ['environments:\n  __proto__: { kind: production }\n  dev: { kind: shared }', 3],
    ['variables: { __proto__: { type: string } }', 2],
    ['environments:\n  dev: { kind: local, secrets: { provider: file, folder: x, __proto__: { y: 1 } } }', 3],
  ])('has no key that plain objects would lose without a word: %s', (text, line) => {
    expect(listWrong(text)).toEqual([`PROJECT_YAML_INVALID ${line} A key can not be called __proto__`]);
  });

  it('can not become huge by its anchors, and is told so', () => {
    const levels = ['a', 'b', 'c', 'd', 'e'].map((name, at, all) => {
      const items = Array.from({ length: 9 }, () => (at === 0 ? 'x' : `*${all[at - 1]}`));
      return `${name}: &${name} [${items.join(', ')}]`;
    });
    expect(listWrong(levels.join('\n'))).toEqual([expect.stringMatching(/^PROJECT_YAML_INVALID .*alias/)]);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty'])(
    'may have an environment %s, which is one like any other',
    (name) => {
      const { declaration } = parseProject('/project', `name: x\nenvironments: { ${name}: { kind: shared } }`);
      expect([...declaration.environments.keys()]).toEqual([name]);
    },
  );

  it.each([
    ...['dbtTarget: prod', 'dbtTarget: Prod', 'stack: prod', 'stack: PROD'],
    'secrets: { provider: kubernetes, namespace: x-prod }',
  ])('can not give an environment the name of another one as %s', (key) => {
    const dev = `dev: { kind: shared, ${key} }`;
    const prod = 'prod: { kind: production, dbtTarget: live, stack: live }';
    const [wrong, ...others] = listWrong(`environments: { ${dev}, ${prod} }`);
    expect([wrong, others]).toEqual([
      expect.stringMatching(/^ENVIRONMENT_NAMES_CLASH .*prod and dev have the same/),
      [],
    ]);
  });
});
