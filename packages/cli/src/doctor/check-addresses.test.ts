import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDoctorProject, type DoctorProject } from './testing/doctor-project.ts';

const PROJECT = `name: finks
variables:
  API_URL: { type: url, default: "http://localhost:8080/v1" }
  OTHER_URL: { type: url, default: "http://localhost/v2" }
  WAREHOUSE: { type: dsn, secret: true, default: "postgres://127.0.0.1/x" }
  NOTE: { type: string, default: "https://nowhere.invalid" }
environments:
  int: { kind: shared, owns: { hosts: ["*.invalid"] } }
`;

let project: DoctorProject;
beforeEach(() => {
  project = createDoctorProject(PROJECT);
  project.write('config/.env.int', '');
});
afterEach(() => project.remove());

const check = () => project.run('addresses,certificates', { ENVIRONMENT: 'int' });

it('A98 a declared endpoint whose host has no address is a problem, once for each host, and a secret one is not shown', async () => {
  expect(await check()).toMatchObject({ code: 0, findings: [] });
  const [host, other] = ['api.int.invalid', 'db.int.invalid'];
  project.write(
    'config/.env.int',
    `API_URL=https://${host}/v1\nOTHER_URL=http://${host}/v2\nWAREHOUSE=postgres://u:hunter2@${other}/x\n`,
  );
  const { code, findings, text } = await check();
  expect(code).toBe(1);
  expect(findings).toMatchObject([
    { subject: 'address of API_URL, OTHER_URL', status: 'problem', code: 'ADDRESS_UNRESOLVED' },
    { subject: 'address of WAREHOUSE', status: 'problem', code: 'ADDRESS_UNRESOLVED' },
  ]);
  expect(findings[0]?.text).toContain(host);
  expect(text).not.toContain(other);
});
