import { TowpathError } from '@towpath/core';

/** A datakit, and which of its images. */
export interface DatakitReference {
  readonly name: string;
  /** Tag or digest; undefined when none was said. */
  readonly reference: string | undefined;
}

/** Reads `name`, `name:version`, `name@sha256:…`. @throws TowpathError `DATAKIT_REFERENCE_INVALID` */
export function parseDatakitReference(text: string): DatakitReference {
  const match = /^([a-z0-9][a-z0-9._-]*?)(?::([\w][\w.-]{0,127})|@(sha256:[0-9a-f]{64}))?$/.exec(text);
  const [, name, tag, digest] = match ?? [];
  if (name !== undefined) return { name, reference: digest ?? tag };
  throw new TowpathError({
    code: 'DATAKIT_REFERENCE_INVALID',
    message: `${JSON.stringify(text)} names no datakit.`,
    cause:
      'It is name, name:version or name@sha256:… with 64 hexadecimal digits, without a registry: that follows from the environment.',
    fix: '`npx towpath datakit list` shows names, versions and digests.',
  });
}
