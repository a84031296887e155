// What AWS says, by the name of its error; its messages stay behind.
import { AWS_LOGIN_ERRORS, readAwsError } from '../../aws/read-aws-error.ts';
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

const THROTTLES = ['ThrottlingException', 'TooManyRequestsException', 'RequestLimitExceeded'];

/** `DecryptionFailure`: the key of KMS may not be used. */
const DENIALS = ['AccessDeniedException', 'AccessDenied', 'DecryptionFailure', 'NotAuthorized'];

/** The failure behind what the client threw for secret `id`. */
export function toAwsFailure(thrown: unknown, id: string): SecretFailure {
  const { name, status } = readAwsError(thrown);
  // `InvalidRequestException` of GetSecretValue: it is marked for deletion.
  if (name === 'ResourceNotFoundException' || name === 'InvalidRequestException') {
    const fix = 'Create it in this account and region, or correct the reference.';
    return secretMissing(id, `AWS says ${name}.`, fix);
  }
  if (DENIALS.includes(name)) {
    const fix = 'Allow the agent secretsmanager:GetSecretValue on it, and kms:Decrypt on its key.';
    return secretDenied(id, `AWS says ${name}.`, fix);
  }
  if (AWS_LOGIN_ERRORS.includes(name)) {
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
