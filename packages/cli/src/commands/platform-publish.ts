import { resolve } from 'node:path';
import { getProject, selectEnvironment } from '@towpath/config';
import { createImageAccess, DEFAULT_PLATFORM, parsePlatform } from '../datakit/image-access.ts';
import { describeBase } from '../platform/describe-base.ts';
import { publishPlatform } from '../platform/publish-platform.ts';
import { VERSION } from '../version.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options {
  readonly environment?: string;
  readonly base?: string;
  readonly platform: string;
  readonly tag: string;
  readonly project?: string;
  readonly projectTag?: string;
  readonly json?: boolean;
}

/** `npx towpath platform publish`: the images that agents on Docker and Kubernetes, and clusters, need of Towpath. */
export const registerPlatformPublish: RegisterCommand = (platform, context) => {
  platform
    .command('publish')
    .description(
      'Build the images platform/towpath (server and agent), platform/runner (TypeScript tasks) and projects/<name> (an agent with the project in), and push them to the registry of an environment.',
    )
    .option('--environment <name>', 'whose registry (default: ENVIRONMENT)')
    .option('--project <folder>', 'project that declares it (default: the one around this folder)')
    .option('--project-tag <tag>', 'tag of projects/<name> (default: 12 digits of the commit, and --tag)')
    .option(
      '--base <image>',
      'image to build upon, from a registry: glibc, a shell, the C++ library (default: TOWPATH_BASE_IMAGE, then debian:bookworm-slim)',
    )
    .option('--platform <os/architecture>', 'platform of the images', DEFAULT_PLATFORM)
    .option('--tag <tag>', 'tag of platform/towpath and platform/runner', VERSION)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath platform publish --environment qa')
    .action(async (options: Options) => {
      const project = getProject(resolve(context.cwd, options.project ?? '.'));
      const { environment, banner } = selectEnvironment(project.declaration, {
        flag: options.environment,
        processVariables: context.env,
      });
      if (banner !== undefined) context.err(`${banner}\n`);
      const access = createImageAccess(context);
      const published = await publishPlatform({
        ...access,
        base: describeBase(options.base, context.env),
        platform: parsePlatform(options.platform),
        environment,
        tag: options.tag,
        project: { folder: project.folder, name: project.declaration.name },
        projectTag: options.projectTag,
      });
      if (options.json) return context.out(`${JSON.stringify(published, null, 2)}\n`);
      for (const { image, digest, isRepeated } of published)
        context.out(`${image}\n${digest}${isRepeated ? ' (was there already)' : ''}\n`);
    });
};
