import type { Command } from 'commander';
import { DEFAULT_PLATFORM } from './image-access.ts';

/** What `build` and `publish` are told alike. */
export interface BuildFlags {
  readonly base?: string;
  readonly platform: string;
  readonly json?: boolean;
}

/** Adds them to a command. */
export function addBuildOptions(command: Command): Command {
  return command
    .argument('<datakit>', 'its folder, or its name')
    .option('--base <image>', 'image to build upon, from a registry (default: image.base of datakit.yaml)')
    .option('--platform <os/architecture>', 'platform of the image', DEFAULT_PLATFORM)
    .option('--json', 'print JSON');
}
