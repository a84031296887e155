// Packets: eight bytes of header, then a piece of a message (MS-TDS 2.2.3.1).
import { protocolError } from '../tds-errors.ts';

/** Message types of packet headers (MS-TDS 2.2.3.1.1). */
export const PacketType = {
  sqlBatch: 0x01,
  rpc: 0x03,
  response: 0x04,
  attention: 0x06,
  transactionManager: 0x0e,
  login7: 0x10,
  sspi: 0x11,
  prelogin: 0x12,
} as const;

/** Status bit: this packet ends its message (MS-TDS 2.2.3.1.2). */
const END_OF_MESSAGE = 0x01;

/** Size of a packet header in bytes. */
export const PACKET_HEADER_BYTES = 8;

/** Where a piece of a message stands in it. */
export interface MessagePart {
  /** Number of packets sent before. */
  readonly packetsBefore: number;
  readonly isEnd: boolean;
  /** What the packets are written into, when it is large enough. */
  readonly into?: Buffer;
}

const WHOLE_MESSAGE: MessagePart = { packetsBefore: 0, isEnd: true };

/** A message, or a part of one, cut into packets of at most `packetSize` bytes, as one buffer ready to be sent. */
export function toPackets(type: number, message: Buffer, packetSize: number, part = WHOLE_MESSAGE): Buffer {
  const room = packetSize - PACKET_HEADER_BYTES;
  const count = Math.max(1, Math.ceil(message.length / room));
  const size = message.length + count * PACKET_HEADER_BYTES;
  const out = part.into && part.into.length >= size ? part.into.subarray(0, size) : Buffer.allocUnsafe(size);
  for (let index = 0, position = 0; index < count; index += 1) {
    const start = index * room;
    const end = Math.min(start + room, message.length);
    out.writeUInt8(type, position);
    out.writeUInt8(part.isEnd && index === count - 1 ? END_OF_MESSAGE : 0, position + 1);
    out.writeUInt16BE(end - start + PACKET_HEADER_BYTES, position + 2);
    out.writeUInt16BE(0, position + 4);
    out.writeUInt8((part.packetsBefore + index + 1) & 0xff, position + 6);
    out.writeUInt8(0, position + 7);
    message.copy(out, position + PACKET_HEADER_BYTES, start, end);
    position += end - start + PACKET_HEADER_BYTES;
  }
  return out;
}

/** What a splitter finds in the bytes it is fed. */
export interface PacketSink {
  /** A header was read; throwing refuses the packet. */
  packetStart(type: number, payloadBytes: number): void;
  /** A piece of payload; the bytes are valid during the call. */
  payload(chunk: Buffer, start: number, end: number): void;
  packetEnd(isLastOfMessage: boolean): void;
}

/** Finds packets in a stream cut anywhere. */
export class PacketSplitter {
  private readonly header = Buffer.alloc(PACKET_HEADER_BYTES);
  private headerBytes = 0;
  private payloadLeft = 0;
  private readonly sink: PacketSink;

  constructor(sink: PacketSink) {
    this.sink = sink;
  }

  /** True where the next byte begins a packet. */
  get isBetweenPackets(): boolean {
    return this.headerBytes === 0;
  }

  /** Consumes at most to the end of one packet and returns the position reached, so that a caller may pause between packets. */
  feed(chunk: Buffer, from: number, end: number): number {
    let position = from;
    if (this.headerBytes < PACKET_HEADER_BYTES) {
      position = this.readHeader(chunk, position, end);
      if (this.headerBytes < PACKET_HEADER_BYTES) return position;
    }
    const pieceEnd = Math.min(end, position + this.payloadLeft);
    if (pieceEnd > position) this.sink.payload(chunk, position, pieceEnd);
    this.payloadLeft -= pieceEnd - position;
    if (this.payloadLeft === 0) {
      this.headerBytes = 0;
      this.sink.packetEnd((this.header.readUInt8(1) & END_OF_MESSAGE) !== 0);
    }
    return pieceEnd;
  }

  private readHeader(chunk: Buffer, from: number, end: number): number {
    const count = Math.min(PACKET_HEADER_BYTES - this.headerBytes, end - from);
    chunk.copy(this.header, this.headerBytes, from, from + count);
    this.headerBytes += count;
    if (this.headerBytes === PACKET_HEADER_BYTES) {
      const packetBytes = this.header.readUInt16BE(2);
      if (packetBytes < PACKET_HEADER_BYTES) throw protocolError(`A packet header says ${packetBytes} bytes.`);
      this.payloadLeft = packetBytes - PACKET_HEADER_BYTES;
      this.sink.packetStart(this.header.readUInt8(0), this.payloadLeft);
    }
    return from + count;
  }
}
