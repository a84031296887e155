// Amazon resource names: `arn:partition:service:region:account:resource`.
import type { ParsedValue, Resource } from './resource.ts';

const ARN = /^arn:(aws[a-z-]*):([a-z0-9-]+):([a-z0-9-]*):([0-9]{12}|aws|):(\S+)$/;

const EXPECTED =
  'an ARN with an account, or of a bucket: arn:aws:service:region:account:resource, its first name without * and ?';

/** The account of an ARN with what it names; of a bucket, whose ARN has no account, the bucket. */
export function parseArn(text: string): ParsedValue {
  const [, , service = '', , account = '', resource = ''] = ARN.exec(text) ?? [];
  if (namesSeveral(resource)) return { expected: EXPECTED };
  if (service === 's3' && account === '')
    return { resources: [{ kind: 'buckets', role: 'place', names: [resource.split('/')[0] ?? ''] }] };
  if (account === '') return { expected: EXPECTED };
  const owner: Resource = { kind: 'accounts', role: 'place', names: [account] };
  const secret = service === 'secretsmanager' ? /^secret:(.+)$/.exec(resource)?.[1] : undefined;
  const parameter = service === 'ssm' ? /^parameter(\/.+)$/.exec(resource)?.[1] : undefined;
  const path = secret ?? parameter;
  // Six characters that Secrets Manager appends; a name may look as if it had them already.
  if (path !== undefined)
    return {
      resources: [
        owner,
        { kind: 'secretPaths', role: 'inside', names: [path.replace(/-[A-Za-z0-9]{6}$/, ''), path, resource] },
      ],
    };
  const principal: Resource = { kind: 'principals', role: 'inside', names: [text, resource] };
  return { resources: service === 'iam' || service === 'sts' ? [owner, principal] : [owner] };
}

// A list would be judged by its first, and `arn:aws:s3:::p*` stands for buckets of anybody.
function namesSeveral(resource: string): boolean {
  return /[,;|]arn:/.test(resource) || /^[^/]*[*?]/.test(resource.replace(/^(?:secret:|parameter)\//, ''));
}
