// PRELOGIN: version and encryption are agreed before anything else (MS-TDS 2.2.6.5).
import { protocolError } from '../tds-errors.ts';

/** Values of the ENCRYPTION option (MS-TDS 2.2.6.5). */
export const PreloginEncryption = { off: 0x00, on: 0x01, notSupported: 0x02, required: 0x03 } as const;

/** The options this package reads and writes; others are skipped. */
export interface Prelogin {
  /** Major, minor, build, sub-build. */
  readonly version: readonly [number, number, number, number];
  readonly encryption: number;
}

const OPTION_VERSION = 0x00;
const OPTION_ENCRYPTION = 0x01;
const OPTION_INSTANCE = 0x02;
const OPTION_THREAD_ID = 0x03;
const OPTION_MARS = 0x04;
const OPTION_TERMINATOR = 0xff;
const OPTION_HEADER_BYTES = 5;

/** The message of either side. Instance is empty, MARS is off. */
export function encodePrelogin(prelogin: Prelogin): Buffer {
  const version = Buffer.alloc(6);
  version.writeUInt8(prelogin.version[0], 0);
  version.writeUInt8(prelogin.version[1], 1);
  version.writeUInt16BE(prelogin.version[2], 2);
  version.writeUInt16BE(prelogin.version[3], 4);
  const options: readonly (readonly [number, Buffer])[] = [
    [OPTION_VERSION, version],
    [OPTION_ENCRYPTION, Buffer.from([prelogin.encryption])],
    [OPTION_INSTANCE, Buffer.from([0])],
    [OPTION_THREAD_ID, Buffer.alloc(4)],
    [OPTION_MARS, Buffer.from([0])],
  ];
  let dataOffset = options.length * OPTION_HEADER_BYTES + 1;
  const headers = options.map(([token, data]) => {
    const header = Buffer.alloc(OPTION_HEADER_BYTES);
    header.writeUInt8(token, 0);
    header.writeUInt16BE(dataOffset, 1);
    header.writeUInt16BE(data.length, 3);
    dataOffset += data.length;
    return header;
  });
  return Buffer.concat([...headers, Buffer.from([OPTION_TERMINATOR]), ...options.map(([, data]) => data)]);
}

/** Reads the message of either side; `TDS_PROTOCOL_ERROR` when offsets leave it or version or encryption are missing. */
export function decodePrelogin(message: Buffer): Prelogin {
  const options = readOptions(message);
  const version = options.get(OPTION_VERSION);
  const encryption = options.get(OPTION_ENCRYPTION);
  if (version === undefined || version.length < 6) throw protocolError('PRELOGIN has no version.');
  return {
    version: [version.readUInt8(0), version.readUInt8(1), version.readUInt16BE(2), version.readUInt16BE(4)],
    encryption: encryption?.[0] ?? PreloginEncryption.notSupported,
  };
}

function readOptions(message: Buffer): Map<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let position = 0; message[position] !== OPTION_TERMINATOR; position += OPTION_HEADER_BYTES) {
    if (position + OPTION_HEADER_BYTES > message.length) throw protocolError('PRELOGIN has no terminator.');
    const offset = message.readUInt16BE(position + 1);
    const length = message.readUInt16BE(position + 3);
    if (offset + length > message.length) throw protocolError('A PRELOGIN option lies outside its message.');
    options.set(message.readUInt8(position), message.subarray(offset, offset + length));
  }
  return options;
}
