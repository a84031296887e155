import { parseProject } from '@towpath/config';
import { describe, expect, test } from 'vitest';
import { findAgentEnvironment } from './find-agent-environment.ts';
import { listEnvironments } from './project-environments.ts';

const read = (text: string) => listEnvironments(parseProject('/project', `name: finks\n${text}`));

const CHAT = 'https://hooks.example/T/canary';

describe('the environments of towpath.yaml', () => {
  test('A88 are told to the server with the names that follow from theirs, and without any address', () => {
    const environments = read(`
variables:
  API_KEY: { type: string, secret: true, required: true, description: Key of the API }
environments:
  int: { kind: shared }
  prod:
    kind: production
    executor: kubernetes
    owns: { hosts: ["*.prod.example"] }
    sizing: { cpu: 2, memory: 4Gi }
    targets: { bronze: { type: postgres, host: db.prod.example, database: bronze, password: secret://bronze#password } }
    notify: [ { sink: slack, url: "${CHAT}", severities: [critical] }, { sink: slack, url: secret://slack#url } ]
`);
    expect(environments.map(({ declared }) => [declared.name, declared.kind])).toEqual([
      ['int', 'shared'],
      ['prod', 'production'],
    ]);
    const prod = environments[1]?.declared;
    expect(prod).toMatchObject({
      executor: 'kubernetes',
      namespace: 'finks-prod',
      dbtTarget: 'prod',
      owns: { hosts: ['*.prod.example'] },
      sizing: { cpu: 2, memory: '4Gi' },
      targets: [{ name: 'bronze', type: 'postgres' }],
      notify: [
        { name: 'slack', sink: 'slack', severities: ['critical'] },
        { name: 'slack-2', sink: 'slack', severities: ['info', 'warning', 'critical'] },
      ],
      variables: [{ name: 'API_KEY', isSecret: true, isRequired: true }],
    });
    expect(JSON.stringify(prod)).not.toMatch(/canary|db\.prod|secret:/);
  });

  test('are what the agent of one works with; its folders lie in the project, wherever the agent is started', () => {
    const text = `name: finks
environments:
  dev:
    kind: local
    targets: { lake: { type: folder, location: data } }
    notify: [ { sink: email, url: smtp://localhost, to: [a@b.example] } ]
`;
    const project = parseProject('/project', text);
    expect(findAgentEnvironment(project, 'dev')).toMatchObject({
      sinks: [{ name: 'email', sink: 'email', to: ['a@b.example'] }],
      targets: [{ name: 'lake', type: 'folder', location: '/project/data' }],
    });
    expect(findAgentEnvironment(project, 'other').targets).toEqual([]);
  });

  test('that can not be used say so: a sink without an address, a place behind a placeholder', () => {
    const incomplete = read('environments: { dev: { kind: local, notify: [ { sink: webhook } ] } }')[0];
    expect(() => incomplete?.toAgent()).toThrow(expect.objectContaining({ code: 'SINK_INCOMPLETE' }));
    const place = `{ type: folder, location: "$\{PREFIX}/lake" }`;
    const hidden = read(`environments: { dev: { kind: local, targets: { lake: ${place} } } }`)[0];
    expect(() => hidden?.toAgent()).toThrow(expect.objectContaining({ code: 'TEMPLATE_UNRESOLVED' }));
  });
});

describe('A89 a channel', () => {
  const two = (kind: string, more = '') =>
    read(`
shared: { urls: ["${CHAT}"] }
environments:
  dev: { kind: shared, notify: [ { sink: slack, url: "${CHAT}/" } ${more} ] }
  other: { kind: ${kind}, notify: [ { sink: webhook, url: "${CHAT}" } ] }
`);

  test('of production is no other environment’s, shared or not', () => {
    expect(() => two('production')).toThrow(
      expect.objectContaining({
        code: 'PROJECT_FILE_INVALID',
        reason: expect.stringMatching(
          /^towpath.yaml:6:40 \[OTHER\] The sink webhook leads to the channel of slack of dev\. .* never shared\.$/,
        ),
      }),
    );
  });

  test('of two others is in `shared`, or refused', () => {
    expect(two('shared')).toHaveLength(2);
    const mail = '{ sink: email, url: smtp://localhost, to: [Ops@x.example] }';
    expect(() =>
      read(`environments: { a: { kind: shared, notify: [ ${mail} ] }, b: { kind: local, notify: [ ${mail} ] } }`),
    ).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ code: 'CHANNEL_OF_OTHER_ENVIRONMENT' })] }),
    );
  });

  test('that is a reference is compared by the server, since only agents know what it stands for', () => {
    const sink = '{ sink: slack, url: secret://slack#url }';
    expect(
      read(`environments: { a: { kind: shared, notify: [ ${sink} ] }, b: { kind: production, notify: [ ${sink} ] } }`),
    ).toHaveLength(2);
  });
});
