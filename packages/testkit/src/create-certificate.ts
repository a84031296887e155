// A certificate for one address that no system trusts, as a company's own authority would have signed it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** On every machine with Git; CI installs it. */
const OPENSSL = 'openssl';

export interface TestCertificate {
  readonly key: string;
  readonly cert: string;
  /** Path of `cert`. */
  readonly caFile: string;
}

/** Makes key and certificate in `folder`; the certificate is its own authority. */
export function createCertificate(folder: string, address = '127.0.0.1'): TestCertificate {
  const [keyFile, caFile] = [join(folder, 'key.pem'), join(folder, 'ca.pem')];
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=towpath-test', '-addext', `subjectAltName=IP:${address}`];
  execFileSync(OPENSSL, [...words, ...subject, '-keyout', keyFile, '-out', caFile], { stdio: 'ignore' });
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(caFile, 'utf8'), caFile };
}
