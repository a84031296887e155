// PRELOGIN, and what is agreed on in it: how much of the connection is encrypted (MS-TDS 2.2.6.5, 3.2.5.1).
import { TowpathError } from '@towpath/core';
import { PacketType } from '../codec/packet.ts';
import { decodePrelogin, encodePrelogin, PreloginEncryption } from '../codec/prelogin.ts';
import type { TdsConnectOptions } from '../tds-connection.ts';
import type { PacketConnection } from './packet-connection.ts';

/** The version this client shows of itself: Towpath's. */
const CLIENT_VERSION = [0, 1, 0, 0] as const;

/** What is encrypted: nothing, the login, everything. */
export type AgreedEncryption = 'none' | 'login' | 'all';

/**
 * Agrees on encryption, and begins it. `TDS_ENCRYPTION_MISMATCH` when the server insists on what we don't want, or hasn't
 * what we want; `TDS_TLS_FAILED`.
 */
export async function exchangePrelogin(
  connection: PacketConnection,
  options: TdsConnectOptions,
): Promise<AgreedEncryption> {
  const { host, certificateAuthority, certificateName, encrypt } = options;
  const trusted = { trustServerCertificate: options.trustServerCertificate ?? false };
  const named = {
    ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
    ...(certificateName === undefined ? {} : { certificateName }),
  };
  if (encrypt === 'strict') await connection.encrypt({ host, ...trusted, ...named, framing: 'strict' });
  const offered = await exchange(connection, WISHES[encrypt]);
  const agreed = agree(encrypt, offered);
  if (encrypt === 'strict' || agreed === 'none') return agreed;
  // The login alone is protected from listeners, not from impostors: servers have a self-signed certificate for it.
  const checks = agreed === 'login' ? { trustServerCertificate: true } : { ...trusted, ...named };
  await connection.encrypt({ host, ...checks, framing: 'wrapped' });
  return agreed;
}

/** Inside strict TLS nothing is left to encrypt. */
const WISHES = {
  off: PreloginEncryption.off,
  on: PreloginEncryption.on,
  strict: PreloginEncryption.notSupported,
} as const;

/** Sends our PRELOGIN and gives the server's ENCRYPTION option. */
async function exchange(connection: PacketConnection, encryption: number): Promise<number> {
  const message = await new Promise<Buffer>((resolve, reject) => {
    connection.receiver = {
      packet: (queue, isLast) => {
        if (!isLast) return undefined;
        connection.receiver = undefined;
        resolve(Buffer.from(queue.buffer.subarray(queue.start, queue.end)));
        queue.consumeTo(queue.end);
        return undefined;
      },
      failed: reject,
    };
    connection.send(PacketType.prelogin, encodePrelogin({ version: CLIENT_VERSION, encryption }));
  });
  return decodePrelogin(message).encryption;
}

function agree(wish: TdsConnectOptions['encrypt'], offered: number): AgreedEncryption {
  if (wish === 'strict') return 'all';
  const insists = offered === PreloginEncryption.on || offered === PreloginEncryption.required;
  if (insists !== (wish === 'on')) throw mismatchError(wish === 'on');
  if (insists) return 'all';
  return offered === PreloginEncryption.off ? 'login' : 'none';
}

function mismatchError(isWanted: boolean): TowpathError {
  return new TowpathError({
    code: 'TDS_ENCRYPTION_MISMATCH',
    message: isWanted ? 'SQL Server offers no encryption.' : 'SQL Server requires an encrypted connection.',
    cause: isWanted ? 'MSSQL_ENCRYPT asks for it.' : 'MSSQL_ENCRYPT is off.',
    fix: isWanted
      ? 'Give the server a certificate, or set MSSQL_ENCRYPT=off where the network may carry the data in the clear.'
      : 'Set MSSQL_ENCRYPT=on.',
  });
}
