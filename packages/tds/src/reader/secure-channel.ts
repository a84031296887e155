// The client's TLS socket over a TDS connection, and what is checked of the server's certificate.
import net from 'node:net';
import tls from 'node:tls';
import { TowpathError } from '@towpath/core';
import { type SendBytes, TlsHandshakeStream } from '../codec/tls-handshake-stream.ts';
import type { TdsCertificateOptions } from '../tds-connection.ts';

/** What the channel needs to know of its peer. */
export interface SecureChannelOptions extends TdsCertificateOptions {
  readonly host: string;
  /** `strict`: TLS before the first TDS byte (TDS 8.0); `wrapped`: its handshake inside PRELOGIN packets. */
  readonly framing: 'wrapped' | 'strict';
}

/** Encrypted bytes in by `receive`, plain bytes out by the `socket`'s data events. */
export interface SecureChannel {
  readonly socket: tls.TLSSocket;
  /** Settles with the handshake; rejects with `TDS_TLS_FAILED`. */
  readonly ready: Promise<void>;
  receive(chunk: Buffer): void;
}

/** The protocol's name in the handshake of TDS 8.0 (MS-TDS 2.1). */
const ALPN = 'tds/8.0';

/** Starts the handshake. */
export function createSecureChannel(options: SecureChannelOptions, send: SendBytes): SecureChannel {
  const stream = new TlsHandshakeStream(send);
  const isStrict = options.framing === 'strict';
  if (isStrict) stream.finishHandshake();
  const socket = tls.connect({ socket: stream, ...tlsOptions(options), ...(isStrict ? STRICT : WRAPPED) });
  const ready = new Promise<void>((resolve, reject) => {
    // No session is ever resumed, so the server's record is the last one and nothing of ours is still to be wrapped.
    socket.once('secureConnect', () => {
      stream.finishHandshake();
      if (isStrict && socket.alpnProtocol !== ALPN) reject(alpnError());
      else resolve();
    });
    socket.on('error', (error) => reject(toTlsError(error, options)));
  });
  return { socket, ready, receive: (chunk) => stream.receive(chunk) };
}

const STRICT: tls.ConnectionOptions = { ALPNProtocols: [ALPN], minVersion: 'TLSv1.2' };
/** TLS 1.2 at most: in 1.3 the server speaks after the client's last handshake record, and servers differ in how they wrap that. */
const WRAPPED: tls.ConnectionOptions = { maxVersion: 'TLSv1.2' };

function tlsOptions(options: SecureChannelOptions): tls.ConnectionOptions {
  const { host, certificateAuthority, certificateName } = options;
  return {
    host,
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    ...(certificateAuthority === undefined ? {} : { ca: certificateAuthority }),
    rejectUnauthorized: !(options.trustServerCertificate ?? false),
    checkServerIdentity: (_name, certificate) => tls.checkServerIdentity(certificateName ?? host, certificate),
  };
}

function alpnError(): TowpathError {
  return new TowpathError({
    code: 'TDS_TLS_FAILED',
    message: 'The server does not speak TDS 8.0.',
    cause: `It did not agree on ${ALPN} in the TLS handshake.`,
    fix: 'Set MSSQL_ENCRYPT=on; strict needs SQL Server 2022 or Azure SQL.',
  });
}

/** What to do about the usual failures of a certificate; by the codes of OpenSSL and Node. */
const FIXES: ReadonlyMap<string, string> = new Map([
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'Connect by a name that the certificate has, or say which name it has.'],
  ['CERT_HAS_EXPIRED', 'Renew the certificate of the server.'],
]);
const DEFAULT_FIX =
  'Name the authority of the server’s certificate (or install it: NODE_EXTRA_CA_CERTS), or set MSSQL_TRUST_CERT to accept any.';

function toTlsError(error: NodeJS.ErrnoException, { host, certificateName }: SecureChannelOptions): TowpathError {
  return new TowpathError(
    {
      code: 'TDS_TLS_FAILED',
      message: `No encrypted connection to SQL Server came about as ${certificateName ?? host}.`,
      cause: `${error.code ?? 'error'}: ${error.message}`,
      fix: FIXES.get(error.code ?? '') ?? DEFAULT_FIX,
    },
    { cause: error },
  );
}
