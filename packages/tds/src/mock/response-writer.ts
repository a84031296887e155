// Collects the tokens of one response and sends them in full packets, waiting when the client reads slowly.
import type { Socket } from 'node:net';
import { ByteWriter } from '../codec/byte-writer.ts';
import { PACKET_HEADER_BYTES, PacketType, toPackets } from '../codec/packet.ts';

/** One response; `end` finishes it. */
export class ResponseWriter {
  readonly tokens = new ByteWriter();
  private readonly socket: Socket;
  private readonly packetSize: number;
  private readonly packetLimit: number;
  private packetsBefore = 0;
  private isCut = false;
  /** Free to be written to again, once the socket has taken it: a new one for each block costs more than all the rest. */
  private packets: Buffer = Buffer.alloc(0);

  /** After `packetLimit` packets the connection ends, for tests. */
  constructor(socket: Socket, options: { readonly packetSize: number; readonly packetLimit: number }) {
    this.socket = socket;
    this.packetSize = options.packetSize;
    this.packetLimit = options.packetLimit;
  }

  /** Adds bytes to the response, and sends what makes full packets; resolves when the client may get more. */
  async send(bytes: Buffer): Promise<void> {
    this.tokens.bytes(bytes);
    await this.flushFull();
  }

  /** Sends full packets once at least one is there; resolves when the client may get more. */
  async flushFull(): Promise<void> {
    const room = this.packetSize - PACKET_HEADER_BYTES;
    if (this.tokens.length <= room) return;
    // The last packet stays here: it may turn out to be the one that ends the message.
    const sent = Math.floor((this.tokens.length - 1) / room) * room;
    const part = { packetsBefore: this.packetsBefore, isEnd: false, into: this.packets };
    const packets = toPackets(PacketType.response, this.tokens.view(sent), this.packetSize, part);
    if (packets.length > this.packets.length) this.packets = packets;
    this.tokens.dropFront(sent);
    await this.write(packets);
    this.packetsBefore += sent / room;
  }

  /** Sends what is left and ends the message. */
  async end(): Promise<void> {
    const part = { packetsBefore: this.packetsBefore, isEnd: true };
    await this.write(toPackets(PacketType.response, this.tokens.take(), this.packetSize, part));
  }

  private async write(bytes: Buffer): Promise<void> {
    const room = (this.packetLimit - this.packetsBefore) * this.packetSize;
    if (this.isCut || this.socket.destroyed) return;
    if (room < bytes.length) {
      this.isCut = true;
      this.socket.end(bytes.subarray(0, Math.max(0, room)));
      return;
    }
    // Not until it is asked for more: then the socket may still hold what it was given.
    await new Promise<void>((resolve) => {
      const done = () => {
        this.socket.off('close', done);
        resolve();
      };
      this.socket.on('close', done);
      this.socket.write(bytes, done);
    });
  }
}
