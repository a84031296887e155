// Collects the tokens of one response and sends them in full packets, waiting when the client reads slowly.
import type { Socket } from 'node:net';
import { ByteWriter } from '../codec/byte-writer.ts';
import { PACKET_HEADER_BYTES, PacketType, toPackets } from '../codec/packet.ts';

/** One response; `end` finishes it. */
export class ResponseWriter {
  readonly tokens = new ByteWriter();
  private readonly socket: Socket;
  private readonly packetSize: number;
  private packetsBefore = 0;

  constructor(socket: Socket, packetSize: number) {
    this.socket = socket;
    this.packetSize = packetSize;
  }

  /** Sends full packets once at least one is there; resolves when the client may get more. */
  async flushFull(): Promise<void> {
    const room = this.packetSize - PACKET_HEADER_BYTES;
    if (this.tokens.length <= room) return;
    const bytes = this.tokens.take();
    // The last packet stays here: it may turn out to be the one that ends the message.
    const sent = Math.floor((bytes.length - 1) / room) * room;
    this.tokens.bytes(bytes.subarray(sent));
    const part = { packetsBefore: this.packetsBefore, isEnd: false };
    this.packetsBefore += sent / room;
    await this.write(toPackets(PacketType.response, bytes.subarray(0, sent), this.packetSize, part));
  }

  /** Sends what is left and ends the message. */
  async end(): Promise<void> {
    const part = { packetsBefore: this.packetsBefore, isEnd: true };
    await this.write(toPackets(PacketType.response, this.tokens.take(), this.packetSize, part));
  }

  private async write(bytes: Buffer): Promise<void> {
    if (this.socket.destroyed || this.socket.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.socket.off('drain', done).off('close', done);
        resolve();
      };
      this.socket.on('drain', done).on('close', done);
    });
  }
}
