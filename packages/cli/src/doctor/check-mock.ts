import { connectTds, MOCK_DATABASE, MOCK_LOGINS } from '@towpath/tds';
import { findInstance, findMock } from '../instance/instance-record.ts';
import type { Check } from './check.ts';
import { toErrorFinding } from './to-finding.ts';

const TIMEOUT_MS = 3000;

/** When the mock SQL Server runs: does it accept its login and answer? */
export const checkMock: Check = async ({ stateFolder }) => {
  const subject = 'mock sql server';
  const mock = findMock(stateFolder) ?? findInstance(stateFolder)?.mock;
  if (!mock) return [{ subject, status: 'ok', text: 'not running' }];
  try {
    const { username, password } = MOCK_LOGINS.readOnly;
    const connection = await connectTds({
      host: mock.host,
      port: mock.port,
      database: MOCK_DATABASE,
      username,
      password,
      encrypt: 'off',
      trustServerCertificate: false,
      appName: 'towpath doctor',
      connectTimeoutMs: TIMEOUT_MS,
      requestTimeoutMs: TIMEOUT_MS,
    });
    await connection.query('SELECT 1');
    await connection.close();
    return [{ subject, status: 'ok', text: `answers at ${mock.host}:${mock.port}` }];
  } catch (thrown) {
    return [
      { ...toErrorFinding(subject, thrown), fix: 'Start `npx towpath dev` or `npx towpath mock-sqlserver` again.' },
    ];
  }
};
