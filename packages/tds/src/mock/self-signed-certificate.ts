// A certificate made at start: ECDSA on P-256, for this machine's loopback names, valid for a few days. Node can make keys
// and signatures, but no certificates; the structure is RFC 5280, section 4.1, written in DER.
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** Both in PEM. */
export interface SelfSignedCertificate {
  readonly key: string;
  readonly cert: string;
}

const DAY_MS = 86_400_000;
/** A mock that runs for longer is started anew; a certificate that is found in a file later is of no use. */
const VALID_DAYS = 30;
const OIDS = {
  commonName: [0x55, 0x04, 0x03],
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
  subjectAltName: [0x55, 0x1d, 0x11],
  basicConstraints: [0x55, 0x1d, 0x13],
} as const;

/** A new key with its certificate, for these DNS names and IPv4 addresses. Its own authority: a client may take it as `ca`. */
export function createSelfSignedCertificate(names: readonly string[]): SelfSignedCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const body = describeCertificate(names, publicKey.export({ type: 'spki', format: 'der' }));
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, sequence(oid(OIDS.ecdsaWithSha256)), bitString(signature));
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert: toPem(certificate) };
}

function describeCertificate(names: readonly string[], publicKey: Buffer): Buffer {
  const subject = sequence(element(0x31, sequence(oid(OIDS.commonName), element(0x0c, Buffer.from(names[0] ?? '')))));
  // A little in the past, for clocks that differ.
  const validity = sequence(utcTime(Date.now() - DAY_MS), utcTime(Date.now() + VALID_DAYS * DAY_MS));
  // The first byte's top bit is clear: serial numbers are positive.
  const serial = Buffer.concat([Buffer.from([0x40]), randomBytes(8)]);
  return sequence(
    element(0xa0, element(0x02, Buffer.from([2]))),
    element(0x02, serial),
    sequence(oid(OIDS.ecdsaWithSha256)),
    subject,
    validity,
    subject,
    publicKey,
    element(0xa3, sequence(isAuthority(), alternativeNames(names))),
  );
}

function isAuthority(): Buffer {
  const isTrue = element(0x01, Buffer.from([0xff]));
  return sequence(oid(OIDS.basicConstraints), isTrue, element(0x04, sequence(isTrue)));
}

function alternativeNames(names: readonly string[]): Buffer {
  const items = names.map((name) => {
    const isAddress = /^\d+\.\d+\.\d+\.\d+$/.test(name);
    return isAddress ? element(0x87, Buffer.from(name.split('.').map(Number))) : element(0x82, Buffer.from(name));
  });
  return sequence(oid(OIDS.subjectAltName), element(0x04, sequence(...items)));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

function oid(bytes: readonly number[]): Buffer {
  return element(0x06, Buffer.from(bytes));
}

function bitString(bytes: Buffer): Buffer {
  return element(0x03, Buffer.concat([Buffer.from([0]), bytes]));
}

/** YYMMDDHHMMSSZ; good until 2049. */
function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/\D/g, '').slice(2, 14);
  return element(0x17, Buffer.from(`${digits}Z`));
}

function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
