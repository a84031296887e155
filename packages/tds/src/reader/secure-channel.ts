// The client's TLS socket over a TDS connection.
import net from 'node:net';
import tls from 'node:tls';
import { TowpathError } from '@towpath/core';
import { TlsHandshakeStream } from '../codec/tls-handshake-stream.ts';

/** What the channel needs to know of its peer. */
export interface SecureChannelOptions {
  readonly host: string;
  /** Accept any certificate. */
  readonly trustServerCertificate: boolean;
}

/** Encrypted bytes in by `receive`, plain bytes out by the `socket`'s data events. */
export interface SecureChannel {
  readonly socket: tls.TLSSocket;
  /** Settles with the handshake; rejects with `TDS_TLS_FAILED`. */
  readonly ready: Promise<void>;
  receive(chunk: Buffer): void;
}

/** Starts the handshake. TLS 1.2 at most: in 1.3 the server speaks after the client's last handshake record, and servers differ in how they wrap that. */
export function createSecureChannel(options: SecureChannelOptions, send: (bytes: Buffer) => void): SecureChannel {
  const stream = new TlsHandshakeStream(send);
  const socket = tls.connect({
    socket: stream,
    host: options.host,
    ...(net.isIP(options.host) === 0 ? { servername: options.host } : {}),
    rejectUnauthorized: !options.trustServerCertificate,
    maxVersion: 'TLSv1.2',
  });
  const ready = new Promise<void>((resolve, reject) => {
    // No session is ever resumed, so the server's record is the last one and nothing of ours is still to be wrapped.
    socket.once('secureConnect', () => {
      stream.finishHandshake();
      resolve();
    });
    socket.on('error', (error) => reject(toTlsError(error)));
  });
  return { socket, ready, receive: (chunk) => stream.receive(chunk) };
}

function toTlsError(error: NodeJS.ErrnoException): TowpathError {
  return new TowpathError(
    {
      code: 'TDS_TLS_FAILED',
      message: 'No encrypted connection to SQL Server came about.',
      cause: `${error.code ?? 'error'}: ${error.message}`,
      fix: 'Install the authority of the server’s certificate (NODE_EXTRA_CA_CERTS), or set MSSQL_TRUST_CERT to accept any.',
    },
    { cause: error },
  );
}
