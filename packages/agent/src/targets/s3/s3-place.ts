// Where a target of type s3 is, and with which credentials it is asked.
import { parseBoolean, TowpathError, variablePrefixOf } from '@towpath/core';
import type { ResolveText } from '../../notify/notification-sink.ts';
import type { AgentTarget } from '../agent-target.ts';

/** A bucket, all resolved. */
export interface S3Place {
  readonly bucket: string;
  /** What keys of the target begin with: empty, or ends with `/`. */
  readonly prefix: string;
  readonly region: string;
  /** Undefined: AWS. */
  readonly endpoint: string | undefined;
  /** The bucket is part of the path and not of the host, as most stores other than AWS have it. */
  readonly isPathStyle: boolean;
  /** Undefined: those of the host (role, profile, instance). */
  readonly credentials:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
    | undefined;
}

type S3Declaration = Extract<AgentTarget, { type: 's3' }>;

/** AWS redirects to the region of the bucket, so it need not be known. */
const DEFAULT_REGION = 'us-east-1';

/**
 * The place as an attempt with these variables would reach it. The target's own variables (`LAKE_ENDPOINT`) stand above the
 * declaration, and those that all programs of AWS read (`AWS_REGION`) below it.
 *
 * @throws TowpathError `TARGET_PLACE_INVALID`, or what `resolveText` throws
 */
export async function resolveS3Place(
  target: S3Declaration,
  variables: Readonly<Record<string, string>>,
  resolveText: ResolveText,
): Promise<S3Place> {
  const prefix = variablePrefixOf(target.name);
  const read = async (key: string, declared: string | undefined, ...names: readonly string[]) => {
    const text = [variables[prefix + key], declared, ...names.map((name) => variables[name])].find(Boolean);
    return text === undefined ? undefined : await resolveText(text);
  };
  const endpoint = await read('ENDPOINT', target.endpoint, 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL');
  if (endpoint !== undefined && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? ''))
    throw placeInvalid(target.name, 'endpoint', 'a URL with http or https');
  const pathStyle = await read('PATH_STYLE', target.pathStyle);
  return {
    ...parseLocation(target.name, (await read('LOCATION', target.location)) ?? ''),
    region: (await read('REGION', target.region, 'AWS_REGION', 'AWS_DEFAULT_REGION')) ?? DEFAULT_REGION,
    endpoint,
    isPathStyle: parseFlag(target.name, pathStyle ?? String(endpoint !== undefined)),
    credentials: toCredentials(
      await read('ACCESS_KEY_ID', target.accessKeyId, 'AWS_ACCESS_KEY_ID'),
      await read('SECRET_ACCESS_KEY', target.secretAccessKey, 'AWS_SECRET_ACCESS_KEY'),
      await read('SESSION_TOKEN', target.sessionToken, 'AWS_SESSION_TOKEN'),
    ),
  };
}

function parseLocation(target: string, text: string): Pick<S3Place, 'bucket' | 'prefix'> {
  const [, bucket, path = ''] = /^(?:s3:\/\/)?([a-z0-9][a-z0-9._-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(text) ?? [];
  if (bucket === undefined) throw placeInvalid(target, 'location', 's3://bucket or s3://bucket/prefix');
  const prefix = path.replace(/\/+$/, '');
  return { bucket, prefix: prefix === '' ? '' : `${prefix}/` };
}

function parseFlag(target: string, text: string): boolean {
  const flag = parseBoolean(text);
  if (flag !== undefined) return flag;
  throw placeInvalid(target, 'path_style', 'true or false');
}

function toCredentials(
  accessKeyId: string | undefined,
  secretAccessKey: string | undefined,
  sessionToken: string | undefined,
): S3Place['credentials'] {
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

/** What was received is not quoted: it may have been a secret. */
function placeInvalid(target: string, part: string, expected: string): TowpathError {
  return new TowpathError({
    code: 'TARGET_PLACE_INVALID',
    message: `The ${part} of target ${target} must be ${expected}.`,
    fix: `Correct it in towpath.yaml, or ${variablePrefixOf(target)}${part.toUpperCase()} where that variable is set.`,
  });
}
