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

/** fExtension and fUnknownCollationHandling: features follow, and no collation is unknown to us (OptionFlags3). */
const OPTION_FLAGS_3 = 0x18;
/** Fields of the variable part, by their place in OffsetLength. */
const PASSWORD = 2;
const EXTENSION = 5;

/** Ids of features (MS-TDS 2.2.6.4, FeatureExt). */
export const Feature = { utf8Support: 0x0a, terminator: 0xff } as const;

/** Without this a server converts text of UTF-8 collations to some code page before it sends it. */
const FEATURES = Buffer.from([Feature.utf8Support, 1, 0, 0, 0, 1, Feature.terminator]);

/** The message. The password is only obscured, as the protocol has it: use encryption on networks others can read. */
export function encodeLogin7(login: Login7): Buffer {
  const sspi = login.sspi ?? Buffer.alloc(0);
  const fields = encodeFields(login);
  const fixed = Buffer.alloc(FIXED_BYTES);
  let offset = FIXED_BYTES;
  fields.forEach((bytes, index) => {
    fixed.writeUInt16LE(offset, OFFSETS_START + index * 4);
    // The extension is counted in bytes, everything else in characters.
    fixed.writeUInt16LE(index === EXTENSION ? bytes.length : bytes.length / 2, OFFSETS_START + index * 4 + 2);
    offset += bytes.length;
  });
  // ibSSPI, ibAtchDBFile and ibChangePassword follow the client id.
  for (const position of [78, 82, 86]) fixed.writeUInt16LE(offset, position);
  fixed.writeUInt16LE(Math.min(sspi.length, 0xffff), 80);
  if (sspi.length >= 0xffff) fixed.writeUInt32LE(sspi.length, 90);
  fields[EXTENSION]?.writeUInt32LE(offset + sspi.length, 0);
  writeFixed(fixed, login, offset + sspi.length + FEATURES.length);
  return Buffer.concat([fixed, ...fields, sspi, FEATURES]);
}

function encodeFields(login: Login7): Buffer[] {
  const { hostName, username, password, appName, serverName, database } = login;
  const texts = [hostName, username, password, appName, serverName, '', 'towpath', '', database];
  const fields = texts.map((text) => Buffer.from(text, 'utf16le'));
  const scrambled = fields[PASSWORD];
  if (scrambled) scramblePassword(scrambled);
  // Where the features begin, to be filled in.
  fields[EXTENSION] = Buffer.alloc(4);
  return fields;
}

function writeFixed(fixed: Buffer, login: Login7, total: number): void {
  fixed.writeUInt32LE(total, 0);
  fixed.writeUInt32LE(login.tdsVersion, 4);
  fixed.writeUInt32LE(login.packetSize, 8);
  fixed.writeUInt32LE(process.pid, 16);
  fixed.writeUInt8(OPTION_FLAGS_1, 24);
  fixed.writeUInt8(OPTION_FLAGS_2 | (login.sspi ? INTEGRATED_SECURITY : 0), 25);
  fixed.writeUInt8(OPTION_FLAGS_3, 27);
  fixed.writeUInt32LE(0x0409, 32);
}

/** Ids of the features a login asks for; `TDS_PROTOCOL_ERROR` when they lie outside the message. */
export function readLoginFeatures(message: Buffer): Set<number> {
  const features = new Set<number>();
  const isExtended = (message.readUInt8(27) & 0x10) !== 0;
  const pointer = message.readUInt16LE(OFFSETS_START + EXTENSION * 4);
  if (!isExtended || pointer + 4 > message.length) return features;
  for (let at = message.readUInt32LE(pointer); message[at] !== Feature.terminator; ) {
    if (at + 5 > message.length) throw protocolError('The features of LOGIN7 have no end.');
    features.add(message.readUInt8(at));
    at += 5 + message.readUInt32LE(at + 1);
  }
  return features;
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
