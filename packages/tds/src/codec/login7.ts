// LOGIN7: who logs in, to which database, with which packet size (MS-TDS 2.2.6.4).
import { protocolError } from '../tds-errors.ts';

/** The fields this package uses; the others are sent empty. */
export interface Login7 {
  readonly tdsVersion: number;
  readonly packetSize: number;
  readonly hostName: string;
  readonly username: string;
  readonly password: string;
  readonly appName: string;
  readonly serverName: string;
  readonly database: string;
  /** First token of integrated security; username and password are empty then. */
  readonly sspi?: Buffer;
}

/** TDS 7.4 as it stands in LOGIN7 (MS-TDS 2.2.6.4, TDSVersion). */
export const TDS_VERSION_7_4 = 0x74000004;
/** TDS 8.0, which is 7.4 inside strict TLS. */
export const TDS_VERSION_8_0 = 0x08000000;

const FIXED_BYTES = 94;
const OFFSETS_START = 36;
/** fUseDB and fDatabase fatal, fSetLang on: a wrong database is an error, not a fallback to another one (OptionFlags1). */
const OPTION_FLAGS_1 = 0xe0;
/** fODBC: the server sets ANSI defaults (OptionFlags2). */
const OPTION_FLAGS_2 = 0x03;
/** fIntSecurity of OptionFlags2. */
const INTEGRATED_SECURITY = 0x80;

/** The message. The password is only obscured, as the protocol has it: use encryption on networks others can read. */
export function encodeLogin7(login: Login7): Buffer {
  const texts = [
    login.hostName,
    login.username,
    login.password,
    login.appName,
    login.serverName,
    '',
    'towpath',
    '',
    login.database,
  ].map((text) => Buffer.from(text, 'utf16le'));
  const password = texts[2];
  if (password) scramblePassword(password);
  const fixed = Buffer.alloc(FIXED_BYTES);
  const sspi = login.sspi ?? Buffer.alloc(0);
  const total = FIXED_BYTES + texts.reduce((sum, text) => sum + text.length, 0) + sspi.length;
  fixed.writeUInt32LE(total, 0);
  fixed.writeUInt32LE(login.tdsVersion, 4);
  fixed.writeUInt32LE(login.packetSize, 8);
  fixed.writeUInt32LE(process.pid, 16);
  fixed.writeUInt8(OPTION_FLAGS_1, 24);
  fixed.writeUInt8(OPTION_FLAGS_2 | (login.sspi ? INTEGRATED_SECURITY : 0), 25);
  fixed.writeUInt32LE(0x0409, 32);
  let offset = FIXED_BYTES;
  texts.forEach((text, index) => {
    fixed.writeUInt16LE(offset, OFFSETS_START + index * 4);
    fixed.writeUInt16LE(text.length / 2, OFFSETS_START + index * 4 + 2);
    offset += text.length;
  });
  // ibSSPI, ibAtchDBFile and ibChangePassword follow the client id and are empty.
  for (const position of [78, 82, 86]) fixed.writeUInt16LE(offset, position);
  fixed.writeUInt16LE(Math.min(sspi.length, 0xffff), 80);
  if (sspi.length >= 0xffff) fixed.writeUInt32LE(sspi.length, 90);
  return Buffer.concat([fixed, ...texts, sspi]);
}

/** Reads the message; `TDS_PROTOCOL_ERROR` when a field lies outside it. */
export function decodeLogin7(message: Buffer): Login7 {
  if (message.length < 86) throw protocolError(`LOGIN7 has ${message.length} bytes.`);
  const text = (index: number, from: Buffer = message): string => {
    const offset = message.readUInt16LE(OFFSETS_START + index * 4);
    const end = offset + message.readUInt16LE(OFFSETS_START + index * 4 + 2) * 2;
    if (end > message.length) throw protocolError('A LOGIN7 field lies outside its message.');
    return from.toString('utf16le', offset, end);
  };
  return {
    tdsVersion: message.readUInt32LE(4),
    packetSize: message.readUInt32LE(8),
    hostName: text(0),
    username: text(1),
    password: text(2, unscrambled(message)),
    appName: text(3),
    serverName: text(4),
    database: text(8),
    ...readSspi(message),
  };
}

/** A token longer than two bytes can say has its length at the end of the fixed part (cbSSPILong). */
function readSspi(message: Buffer): { readonly sspi?: Buffer } {
  if ((message.readUInt8(25) & INTEGRATED_SECURITY) === 0) return {};
  const start = message.readUInt16LE(78);
  const short = message.readUInt16LE(80);
  const length = short === 0xffff && message.length >= FIXED_BYTES ? message.readUInt32LE(90) || short : short;
  if (start + length > message.length) throw protocolError('The SSPI token of LOGIN7 lies outside its message.');
  return { sspi: Buffer.from(message.subarray(start, start + length)) };
}

/** Swaps the halves of each byte, then flips by 0xA5 (MS-TDS 2.2.6.4, "password"). In place. */
function scramblePassword(bytes: Buffer): void {
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes.readUInt8(index);
    bytes.writeUInt8((((byte << 4) & 0xf0) | (byte >> 4)) ^ 0xa5, index);
  }
}

function unscrambled(message: Buffer): Buffer {
  return Buffer.from(
    message.map((byte) => {
      const flipped = byte ^ 0xa5;
      return ((flipped << 4) & 0xf0) | (flipped >> 4);
    }),
  );
}
