import { TowpathError } from '@towpath/core';

/** The specification's codes (OCI distribution 1.1, "Error codes") with the status that goes with each. */
const STATUS = {
  BLOB_UNKNOWN: 404,
  BLOB_UPLOAD_INVALID: 409,
  BLOB_UPLOAD_UNKNOWN: 404,
  DENIED: 403,
  DIGEST_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 404,
  MANIFEST_INVALID: 400,
  MANIFEST_UNKNOWN: 404,
  NAME_INVALID: 404,
  NAME_UNKNOWN: 404,
  UNAUTHORIZED: 401,
  UNKNOWN: 500,
  UNSUPPORTED: 405,
} as const;

/** What a client of the registry is told it did wrong. */
export class RegistryRefusal extends Error {
  readonly code: keyof typeof STATUS;
  readonly status: number;
  constructor(code: keyof typeof STATUS, message: string, status: number = STATUS[code]) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Whatever was thrown, as a client is told it. */
export function toRefusal(thrown: unknown): RegistryRefusal {
  if (thrown instanceof RegistryRefusal) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code = thrown instanceof TowpathError ? thrown.code : undefined;
  if (code === 'DIGEST_WRONG') return new RegistryRefusal('DIGEST_INVALID', message);
  if (code === 'IMAGE_MANIFEST_INVALID') return new RegistryRefusal('MANIFEST_INVALID', message);
  return new RegistryRefusal('UNKNOWN', message);
}
