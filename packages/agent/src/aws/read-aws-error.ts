// What clients of AWS throw, as far as it may be told: the name and the status, never the message.

/** The agent's own credentials: absent, unknown, ended, or of another account. */
export const AWS_LOGIN_ERRORS: readonly string[] = [
  'CredentialsProviderError',
  'TokenProviderError',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidAccessKeyId',
  'InvalidSignatureException',
  'IncompleteSignature',
  'SignatureDoesNotMatch',
  'ExpiredTokenException',
  'ExpiredToken',
  'InvalidToken',
];

/** An error by its name, or the code of the system (ECONNRESET); no status: no reply came. */
export interface AwsErrorFacts {
  readonly name: string;
  readonly status: number | undefined;
}

/** Reads both. */
export function readAwsError(thrown: unknown): AwsErrorFacts {
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
