// Certificates with any name and any dates, by an authority that only this test knows.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface IssuedCertificate {
  readonly key: string;
  readonly cert: string;
}

export interface Authority {
  /** Path of its own certificate. */
  readonly caFile: string;
  issue(request: CertificateRequest): IssuedCertificate;
}

export interface CertificateRequest {
  /** As OpenSSL writes it: `IP:127.0.0.1`, `DNS:db.example`. */
  readonly name: string;
  readonly from: Date;
  readonly to: Date;
}

/** A certificate for 127.0.0.1 that vouches for itself. */
export function createSelfSigned(folder: string): IssuedCertificate {
  const [key, cert] = [join(folder, 'self.key'), join(folder, 'self.pem')];
  const subject = ['-subj', '/CN=server', '-addext', 'subjectAltName=IP:127.0.0.1'];
  openssl(['req', '-x509', ...KEY, '-days', '300', ...subject, '-keyout', key, '-out', cert]);
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

/** On every machine with Git; CI installs it. */
const OPENSSL = 'openssl';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes an authority in a folder of its own. */
export function createAuthority(folder: string): Authority {
  mkdirSync(folder, { recursive: true });
  const [caFile, keyFile, configFile] = [join(folder, 'ca.pem'), join(folder, 'ca.key'), join(folder, 'openssl.cnf')];
  writeFileSync(configFile, formatConfig(folder));
  writeFileSync(join(folder, 'index.txt'), '');
  writeFileSync(join(folder, 'serial'), '01\n');
  openssl(['req', '-x509', ...KEY, '-days', '2', '-subj', '/CN=test authority', '-keyout', keyFile, '-out', caFile]);
  let count = 0;
  return {
    caFile,
    issue: ({ name, from, to }) => {
      count += 1;
      const path = join(folder, String(count));
      const [key, request, cert] = [`${path}.key`, `${path}.csr`, `${path}.pem`];
      const subject = ['-subj', `/CN=server ${count}`, '-addext', `subjectAltName=${name}`];
      openssl(['req', '-new', ...KEY, ...subject, '-keyout', key, '-out', request]);
      const dates = ['-startdate', toAsn1(from), '-enddate', toAsn1(to)];
      openssl(['ca', '-batch', '-notext', '-config', configFile, ...dates, '-in', request, '-out', cert]);
      return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
    },
  };
}

function openssl(words: readonly string[]): void {
  execFileSync(OPENSSL, words, { stdio: 'pipe' });
}

function toAsn1(date: Date): string {
  return `${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z`;
}

function formatConfig(folder: string): string {
  return `[ca]
default_ca = own
[own]
database = ${folder}/index.txt
serial = ${folder}/serial
new_certs_dir = ${folder}
certificate = ${folder}/ca.pem
private_key = ${folder}/ca.key
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
`;
}
