// TLS inside TDS: until the handshake is done its records travel in PRELOGIN packets, afterwards they travel bare
// (MS-TDS 3.2.5.1). A TLS socket runs over this stream and notices nothing.
import { Duplex } from 'node:stream';
import { PacketSplitter, PacketType, toPackets } from './packet.ts';

/** Handshake records are small; servers accept this packet size before login. */
const HANDSHAKE_PACKET_BYTES = 4096;

/** Give it what the peer sends by `receive`; it writes what the peer must get. */
export class TlsHandshakeStream extends Duplex {
  private isHandshaking = true;
  private readonly send: (bytes: Buffer) => void;
  private readonly splitter = new PacketSplitter({
    packetStart: () => undefined,
    payload: (chunk, start, end) => this.push(Buffer.from(chunk.subarray(start, end))),
    packetEnd: () => undefined,
  });

  constructor(send: (bytes: Buffer) => void) {
    super();
    this.send = send;
  }

  /** From now on records travel bare. */
  finishHandshake(): void {
    this.isHandshaking = false;
  }

  /** Takes bytes of the peer; the chunk is kept, so it must not be written to again. */
  receive(chunk: Buffer): void {
    if (!this.isHandshaking) {
      this.push(chunk);
      return;
    }
    for (let at = 0; at < chunk.length; ) at = this.splitter.feed(chunk, at, chunk.length);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.send(this.isHandshaking ? toPackets(PacketType.prelogin, chunk, HANDSHAKE_PACKET_BYTES) : chunk);
    done();
  }

  override _read(): void {
    // Bytes come by `receive`; whoever calls it stops the socket when they come too fast.
  }
}
