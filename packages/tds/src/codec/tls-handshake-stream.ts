// TLS inside TDS: until the handshake is done its records travel in PRELOGIN packets, afterwards they travel bare
// (MS-TDS 3.2.5.1). A TLS socket runs over this stream and notices nothing.
import { Duplex } from 'node:stream';
import { PacketSplitter, PacketType, toPackets } from './packet.ts';

/** Handshake records are small; servers accept this packet size before login. */
const HANDSHAKE_PACKET_BYTES = 4096;
/** Type of a TLS record with application data (RFC 5246, 6.2.1): the client has seen the end of the handshake. */
const APPLICATION_DATA = 0x17;

/** Writes to the peer and calls back when that may get more. */
export type SendBytes = (bytes: Buffer, done: (error?: Error | null) => void) => void;

/** Give it what the peer sends by `receive`; it writes what the peer must get. */
export class TlsHandshakeStream extends Duplex {
  private isHandshaking = true;
  private readonly send: SendBytes;
  private readonly splitter = new PacketSplitter({
    packetStart: () => undefined,
    payload: (chunk, start, end) => this.push(Buffer.from(chunk.subarray(start, end))),
    packetEnd: () => undefined,
  });

  constructor(send: SendBytes) {
    super();
    this.send = send;
  }

  /** From now on records travel bare. */
  finishHandshake(): void {
    this.isHandshaking = false;
  }

  /** Takes bytes of the peer; the chunk is kept, so it must not be written to again. */
  receive(chunk: Buffer): void {
    let at = 0;
    while (this.isHandshaking && at < chunk.length) {
      if (this.splitter.isBetweenPackets && chunk[at] === APPLICATION_DATA) this.finishHandshake();
      else at = this.splitter.feed(chunk, at, chunk.length);
    }
    if (at < chunk.length) this.push(at === 0 ? chunk : chunk.subarray(at));
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.send(this.isHandshaking ? toPackets(PacketType.prelogin, chunk, HANDSHAKE_PACKET_BYTES) : chunk, done);
  }

  override _read(): void {
    // Bytes come by `receive`; whoever calls it stops the socket when they come too fast.
  }
}
