// A socket seen as packets: sends messages, hands each arriving packet to the current receiver, pauses when the receiver
// asks for it, and ends with one error whatever goes wrong. It owns the socket.
import net from 'node:net';
import { TowpathError } from '@towpath/core';
import { MoreBytesNeeded } from '../codec/byte-reader.ts';
import { PacketSplitter, PacketType, toPackets } from '../codec/packet.ts';
import { protocolError } from '../tds-errors.ts';
import { ByteQueue } from './byte-queue.ts';
import { createSecureChannel, type SecureChannel, type SecureChannelOptions } from './secure-channel.ts';

/** Takes the packets of one response. */
export interface PacketReceiver {
  /** Called with everything received and not consumed; a promise pauses reading. Throwing ends the connection. */
  packet(queue: ByteQueue, isLast: boolean): Promise<void> | undefined;
  /** The connection ended; nothing follows. */
  failed(error: TowpathError): void;
}

/** Size of the one buffer the socket reads into: half of loopback's usual window, so that packets rarely lie across reads. */
const READ_BUFFER_BYTES = 64 * 1024;

/** How to open the socket. */
export interface PacketConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly packetSize: number;
}

/** See the file's head. Bytes without a receiver are a protocol error. */
export class PacketConnection {
  packetSize: number;
  private readonly socket: net.Socket;
  private readonly queue = new ByteQueue();
  private readonly splitter: PacketSplitter;
  private current: PacketReceiver | undefined;
  private failure: TowpathError | undefined;
  private isPaused = false;
  private channel: SecureChannel | undefined;
  private silence: { readonly timer: NodeJS.Timeout } | undefined;
  private pending: { readonly chunk: Buffer; readonly from: number; readonly end: number } | undefined;

  constructor(options: PacketConnectionOptions, onConnect: () => void) {
    this.packetSize = options.packetSize;
    this.splitter = new PacketSplitter({
      packetStart: (type) => {
        if (type !== PacketType.response) throw protocolError(`A packet has the type 0x${type.toString(16)}.`);
      },
      payload: (chunk, start, end) => this.queue.append(chunk, start, end),
      packetEnd: (isLast) => this.deliver(isLast),
    });
    const readBuffer = Buffer.allocUnsafe(READ_BUFFER_BYTES);
    this.socket = net.connect({
      host: options.host,
      port: options.port,
      noDelay: true,
      keepAlive: true,
      onread: {
        buffer: readBuffer,
        callback: (bytes) => {
          if (this.channel) this.decrypt(this.channel, Buffer.from(readBuffer.subarray(0, bytes)));
          else this.consume(readBuffer, 0, bytes);
          return !this.isPaused;
        },
      },
    });
    this.socket.once('connect', onConnect);
    this.socket.on('error', (error: NodeJS.ErrnoException) => this.fail(toConnectionError(error)));
    this.socket.on('close', () => this.fail(lostError('The server closed the connection.')));
  }

  /** Whose turn it is to receive. */
  get receiver(): PacketReceiver | undefined {
    return this.current;
  }

  /** On a connection that has ended the new receiver is told at once: it would wait for ever otherwise. */
  set receiver(receiver: PacketReceiver | undefined) {
    this.current = this.failure ? undefined : receiver;
    if (this.failure) receiver?.failed(this.failure);
  }

  /** Why the connection ended, if it has. */
  get ended(): TowpathError | undefined {
    return this.failure;
  }

  /** Sends a whole message. */
  send(type: number, message: Buffer): void {
    if (!this.failure) (this.channel?.socket ?? this.socket).write(toPackets(type, message, this.packetSize));
  }

  /** Sends a message encrypted; everything after it, in both directions, is in the clear again. */
  sendLastEncrypted(type: number, message: Buffer): void {
    const { channel } = this;
    if (this.failure || !channel) return;
    this.channel = undefined;
    // The socket under it stays: our stream ends nothing but itself.
    channel.socket.write(toPackets(type, message, this.packetSize), () => channel.socket.destroy());
  }

  /** Encrypts everything from now on; to be called between two messages. `TDS_TLS_FAILED`. */
  async encrypt(options: SecureChannelOptions): Promise<void> {
    const channel = createSecureChannel(options, (bytes, done) => this.socket.write(bytes, done));
    this.channel = channel;
    channel.socket.on('data', (chunk) => {
      this.consume(chunk, 0, chunk.length);
      if (this.isPaused) channel.socket.pause();
    });
    // Whichever comes first: the handshake, or the end of the connection.
    await new Promise<void>((resolve, reject) => {
      this.receiver = { packet: () => undefined, failed: reject };
      channel.ready.then(resolve, reject);
    });
    this.receiver = undefined;
    channel.socket.on('error', (error) => this.fail(toConnectionError(error)));
  }

  /** Ends the connection with `error` when nothing arrives for `limitMs`; time in which the receiver pauses doesn't count. */
  limitSilence(limitMs: number, error: () => TowpathError): void {
    this.unlimitSilence();
    const timer = setTimeout(() => {
      if (this.isPaused) timer.refresh();
      else this.fail(error());
    }, limitMs);
    this.silence = { timer };
  }

  /** Takes the limit away. */
  unlimitSilence(): void {
    clearTimeout(this.silence?.timer);
    this.silence = undefined;
  }

  /** Ends the connection; the receiver gets `error`. The first call counts. */
  fail(error: TowpathError): void {
    if (this.failure) return;
    this.failure = error;
    this.unlimitSilence();
    this.channel?.socket.destroy();
    this.socket.destroy();
    const receiver = this.current;
    this.current = undefined;
    receiver?.failed(error);
  }

  /** Resolves when the socket is closed. */
  async closed(): Promise<void> {
    if (this.socket.closed) return;
    await new Promise<void>((resolve) => this.socket.once('close', () => resolve()));
  }

  private decrypt(channel: SecureChannel, chunk: Buffer): void {
    try {
      channel.receive(chunk);
    } catch (error) {
      this.fail(toProtocolError(error));
    }
  }

  private consume(chunk: Buffer, from: number, end: number): void {
    this.silence?.timer.refresh();
    let position = from;
    try {
      while (position < end && !this.failure && !this.isPaused) position = this.splitter.feed(chunk, position, end);
    } catch (error) {
      this.fail(toProtocolError(error));
    }
    // The read buffer isn't written to while paused, so its rest may wait where it is.
    this.pending = position < end ? { chunk, from: position, end } : undefined;
  }

  private deliver(isLast: boolean): void {
    if (!this.receiver) throw protocolError('The server sent a response nobody asked for.');
    const wait = this.receiver.packet(this.queue, isLast);
    if (!wait) return;
    this.isPaused = true;
    wait.then(
      () => this.resume(),
      (error: unknown) => this.fail(toProtocolError(error)),
    );
  }

  private resume(): void {
    this.isPaused = false;
    const { pending } = this;
    if (this.failure) return;
    if (pending) this.consume(pending.chunk, pending.from, pending.end);
    // A further pause may have come from the rest of the buffer.
    if (this.isPaused) return;
    this.channel?.socket.resume();
    this.socket.resume();
  }
}

/** `TDS_CONNECTION_LOST` with this reason. */
export function lostError(cause: string): TowpathError {
  return new TowpathError({
    code: 'TDS_CONNECTION_LOST',
    message: 'The connection to SQL Server was lost.',
    cause,
    fix: 'Run it again; if it happens often, look at the server’s error log and at what lies between.',
  });
}

function toConnectionError(error: NodeJS.ErrnoException): TowpathError {
  return lostError(`${error.code ?? 'error'}: ${error.message}`);
}

function toProtocolError(error: unknown): TowpathError {
  if (error instanceof TowpathError) return error;
  if (error instanceof MoreBytesNeeded) return protocolError('A value reaches beyond its token.');
  return protocolError(error instanceof Error ? error.message : String(error));
}
