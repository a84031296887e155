import { expect, test } from 'vitest';
import { listDeployVariables } from './list-deploy-variables.ts';

test('a deploy command reaches its own targets, and gets no credential of Towpath', () => {
  const own = { PATH: '/bin', KUBECONFIG: '/k', AWS_SECRET_ACCESS_KEY: 'its own', TOWPATH_SERVER: 'http://s' };
  const credentials = {
    TOWPATH_AGENT_TOKEN: 'x',
    TOWPATH_TOKEN: 'x',
    TOWPATH_AUDIT_KEY: 'x',
    TOWPATH_OIDC_CLIENT_SECRET: 'x',
    TOWPATH_DATABASE_URL: 'postgres://u:p@h/d',
    TOWPATH_EVIDENCE_SNOW_TOKEN: 'x',
  };
  expect(listDeployVariables({ ...own, ...credentials })).toEqual(own);
});
