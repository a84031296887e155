// The server's side of the wire: TLS or none, in the three ways TDS knows. Above it there are only plain bytes.
import type { Socket } from 'node:net';
import tls from 'node:tls';
import { TlsHandshakeStream } from '../codec/tls-handshake-stream.ts';
import type { SelfSignedCertificate } from './self-signed-certificate.ts';

/** First byte of a TLS handshake record (RFC 8446, 5.1); no TDS packet has this type. */
const TLS_HANDSHAKE = 0x16;
const ALPN = 'tds/8.0';

/** One client's bytes. `startTls` and `stopTls` are called between messages. */
export class MockTransport {
  /** True once the client began with TLS: everything is encrypted, and PRELOGIN has nothing to agree on. */
  isStrict = false;
  private readonly socket: Socket;
  private readonly certificate: SelfSignedCertificate | undefined;
  private readonly receive: (chunk: Buffer) => void;
  private secure: { readonly stream: TlsHandshakeStream; readonly socket: tls.TLSSocket } | undefined;
  private hasBegun = false;

  constructor(socket: Socket, certificate: SelfSignedCertificate | undefined, receive: (chunk: Buffer) => void) {
    this.socket = socket;
    this.certificate = certificate;
    this.receive = receive;
    socket.on('data', (chunk) => this.take(chunk));
  }

  /** False when the client should get no more for now; `drain` of `stream` says when it may. */
  write(bytes: Buffer): boolean {
    return this.stream.write(bytes);
  }

  /** Sends these bytes and closes. */
  end(bytes: Buffer): void {
    this.stream.end(bytes);
  }

  /** What is written to now. */
  get stream(): Socket {
    return this.secure?.socket ?? this.socket;
  }

  get isGone(): boolean {
    return this.socket.destroyed;
  }

  /** From now on TLS, its handshake wrapped in PRELOGIN packets. */
  startTls(): void {
    this.secure = this.createSecure({ maxVersion: 'TLSv1.2' });
  }

  /** From now on plain again: only the login was encrypted. */
  stopTls(): void {
    this.secure = undefined;
  }

  private take(chunk: Buffer): void {
    if (!this.hasBegun) {
      this.hasBegun = true;
      if (chunk[0] === TLS_HANDSHAKE) this.startStrict();
    }
    try {
      if (this.secure) this.secure.stream.receive(chunk);
      else this.receive(chunk);
    } catch {
      // No TDS packet around the handshake: whoever that is, it is no client.
      this.socket.destroy();
    }
  }

  private startStrict(): void {
    this.isStrict = true;
    this.secure = this.createSecure({ ALPNProtocols: [ALPN] });
    this.secure?.stream.finishHandshake();
  }

  private createSecure(options: tls.TLSSocketOptions & tls.SecureContextOptions) {
    if (!this.certificate) {
      this.socket.destroy();
      return undefined;
    }
    const stream = new TlsHandshakeStream((bytes, done) => this.socket.write(bytes, done));
    const secureContext = tls.createSecureContext({ ...this.certificate, ...options });
    const socket = new tls.TLSSocket(stream, { ...options, isServer: true, secureContext });
    socket.on('data', (chunk) => this.receive(chunk));
    socket.on('error', () => this.socket.destroy());
    stream.once('finish', () => this.socket.end());
    this.socket.once('close', () => socket.destroy());
    return { stream, socket };
  }
}
