// An instance whose process lives, while something that it started is gone.
import { createServer } from 'node:net';
import { join } from 'node:path';
import { getOwnIdentity } from '@towpath/agent';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeInstance } from '../instance/instance-record.ts';
import { createDoctorProject, type DoctorProject } from './testing/doctor-project.ts';

let project: DoctorProject;
beforeEach(() => {
  project = createDoctorProject('name: finks\n');
});
afterEach(() => project.remove());

/** A port where nobody listens. */
async function findDeadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

it('A98 a server, a PostgreSQL and a mock of the instance that are gone are told with what to do', async () => {
  const port = await findDeadPort();
  writeInstance(join(project.folder, '.towpath'), {
    process: getOwnIdentity(),
    mode: 'foreground',
    url: `http://127.0.0.1:${port}`,
    token: 'twp_42189077',
    warehouse: { host: '127.0.0.1', port, database: 'bronze', user: 'bronze_user' },
    mock: { host: '127.0.0.1', port },
    warehouses: [],
    projectFolder: project.folder,
  });
  const { code, findings, text } = await project.run('postgresql,mock,instance,clock,databases');
  expect({ code, findings }).toMatchObject({
    code: 1,
    findings: [
      { subject: 'postgresql', code: 'WAREHOUSE_UNREACHABLE', fix: expect.stringContaining('towpath stop') },
      { subject: 'mock sql server', status: 'problem', fix: expect.stringContaining('mock-sqlserver') },
      { subject: 'server', code: 'SERVER_UNREACHABLE', fix: expect.stringContaining('towpath stop') },
    ],
  });
  expect(text).not.toContain('twp_42189077');
});

it('A98 nothing is said where nothing runs', async () => {
  expect(await project.run('postgresql,mock,instance,clock,databases')).toMatchObject({ code: 0, findings: [] });
});
