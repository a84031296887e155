// Amazon resource names: `arn:partition:service:region:account:resource`.
import type { ParsedValue, Resource } from './resource.ts';

const ARN = /^arn:(aws[a-z-]*):([a-z0-9-]+):([a-z0-9-]*):([0-9]{12}|aws|):(\S+)$/;

const EXPECTED = 'an ARN with an account, or of a bucket: arn:aws:service:region:account:resource';

/** The account of an ARN with what it names; of S3, whose ARNs have no account, the bucket. */
export function parseArn(text: string): ParsedValue {
  const [, , service = '', , account = '', resource = ''] = ARN.exec(text) ?? [];
  if (service === 's3')
    return { resources: [{ kind: 'buckets', role: 'place', names: [resource.split('/')[0] ?? ''] }] };
  if (account === '') return { expected: EXPECTED };
  const owner: Resource = { kind: 'accounts', role: 'place', names: [account] };
  const secret = service === 'secretsmanager' ? /^secret:(.+?)(?:-[A-Za-z0-9]{6})?$/.exec(resource)?.[1] : undefined;
  const parameter = service === 'ssm' ? /^parameter(\/.+)$/.exec(resource)?.[1] : undefined;
  const path = secret ?? parameter;
  if (path !== undefined)
    return { resources: [owner, { kind: 'secretPaths', role: 'inside', names: [path, resource] }] };
  const principal: Resource = { kind: 'principals', role: 'inside', names: [text, resource] };
  return { resources: service === 'iam' || service === 'sts' ? [owner, principal] : [owner] };
}
