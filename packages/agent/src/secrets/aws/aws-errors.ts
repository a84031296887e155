// What AWS says, by the name of its error; its messages stay behind.
import {
  type SecretFailure,
  secretDenied,
  secretLoginRefused,
  secretMissing,
  secretNameInvalid,
  secretReplyInvalid,
  secretUnreachable,
} from '../secret-errors.ts';

/** In messages. */
export const PROVIDER = 'AWS Secrets Manager';

/** The agent's own credentials: absent, unknown, ended, or of another account. */
const LOGIN_ERRORS = [
  'CredentialsProviderError',
  'TokenProviderError',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'IncompleteSignature',
  'SignatureDoesNotMatch',
  'ExpiredTokenException',
  'ExpiredToken',
];

const THROTTLES = ['ThrottlingException', 'TooManyRequestsException', 'RequestLimitExceeded'];

/** `DecryptionFailure`: the key of KMS may not be used. */
const DENIALS = ['AccessDeniedException', 'AccessDenied', 'DecryptionFailure', 'NotAuthorized'];

/** The failure behind what the client threw for secret `id`. */
export function toAwsFailure(thrown: unknown, id: string): SecretFailure {
  const { name, status } = readError(thrown);
  // `InvalidRequestException` of GetSecretValue: it is marked for deletion.
  if (name === 'ResourceNotFoundException' || name === 'InvalidRequestException') {
    const fix = 'Create it in this account and region, or correct the reference.';
    return secretMissing(id, `AWS says ${name}.`, fix);
  }
  if (DENIALS.includes(name)) {
    const fix = 'Allow the agent secretsmanager:GetSecretValue on it, and kms:Decrypt on its key.';
    return secretDenied(id, `AWS says ${name}.`, fix);
  }
  if (LOGIN_ERRORS.includes(name)) {
    const fix = 'Give the agent a role or keys of AWS that are valid.';
    return secretLoginRefused(PROVIDER, `AWS says ${name}.`, fix);
  }
  if (name === 'InvalidParameterException' || name === 'ValidationException') {
    return secretNameInvalid(id, `AWS says ${name}.`, 'Use letters, digits and /_+=.@- only.');
  }
  if (THROTTLES.includes(name) || isOutage(name, status)) return secretUnreachable(PROVIDER, `It failed with ${name}.`);
  return secretReplyInvalid(PROVIDER, `The reply is no secret (${name}).`);
}

/**
 * No status: no reply came. A code of the system (ECONNRESET): it came in part. What can't be parsed has the status of a
 * success and is none.
 */
function isOutage(name: string, status: number | undefined): boolean {
  if (/^E[A-Z]+$/.test(name)) return true;
  if (name === 'SyntaxError') return status !== undefined && status >= 500;
  return status === undefined || status === 429 || status >= 500;
}

function readError(thrown: unknown): { readonly name: string; readonly status: number | undefined } {
  if (!(thrown instanceof Error)) return { name: typeof thrown, status: undefined };
  const metadata = '$metadata' in thrown ? thrown.$metadata : undefined;
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? metadata.httpStatusCode
      : undefined;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.name;
  return {
    name: thrown.name === 'Error' ? code : thrown.name,
    status: typeof status === 'number' ? status : undefined,
  };
}
