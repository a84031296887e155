// A stack that runs, when somebody says `up` again: its datakits are built as they are now. One that lacks a part is started anew.
import { createDockerEngine } from '@towpath/oci';
import type { InstanceRecord } from '../instance/instance-record.ts';
import { findEngine } from './find-engine.ts';
import { buildStackImages, publishStackImages, type StackSources } from './provide-stack-images.ts';
import { isWhole } from './stack-engine.ts';

/** False: a part does not run, and nothing was done. @throws TowpathError `ENGINE_UNREACHABLE`, and what building images throws */
export async function refreshStack(
  { stack, registry, registryPassword }: Extract<InstanceRecord, { readonly mode: 'containers' }>,
  sources: StackSources,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const found = await findEngine(variables);
  if (!(await isWhole(createDockerEngine(found.address), stack))) return false;
  const images = await buildStackImages(sources, found);
  await publishStackImages(images, { address: registry, writePassword: registryPassword });
  return true;
}
