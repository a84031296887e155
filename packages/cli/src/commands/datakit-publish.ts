import { resolve } from 'node:path';
import { getProject, selectEnvironment } from '@towpath/config';
import { publishDatakit } from '@towpath/datakit';
import { buildNamed } from '../datakit/build-named.ts';
import { addBuildOptions, type BuildFlags } from '../datakit/build-options.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends BuildFlags {
  readonly environment?: string;
  readonly tag?: string;
  readonly project?: string;
}

/** `npx towpath datakit publish FOLDER`: its image into the registry of an environment, once per version. */
export const registerDatakitPublish: RegisterCommand = (datakit, context) => {
  const publish = datakit
    .command('publish')
    .description("Build a datakit's image and push it to <registry of the environment>/datakits/<name>:<version>.");
  addBuildOptions(publish)
    .option('--environment <name>', 'whose registry (default: ENVIRONMENT); not one of kind production')
    .option('--tag <tag>', 'a tag that moves to this version, where the environment takes it (floatingTags)')
    .option('--project <folder>', 'project that declares the environment (default: the one around this folder)')
    .addHelpText('after', '\nExample:\n  npx towpath datakit publish datakits/line-counter --environment int')
    .action(async (text: string, options: Options) => {
      const { declaration } = getProject(resolve(context.cwd, options.project ?? '.'));
      const { environment, banner } = selectEnvironment(declaration, {
        flag: options.environment,
        processVariables: context.env,
      });
      if (banner !== undefined) context.err(`${banner}\n`);
      const { access, built } = await buildNamed(context, text, options);
      const report = await publishDatakit({ ...access, built, environment, floatingTag: options.tag });
      if (options.json) return context.out(`${JSON.stringify(report, null, 2)}\n`);
      const moved = report.floatingTag === null ? '' : `${report.floatingTag} is this version now.\n`;
      context.out(`${report.image}\n${report.digest}${report.isRepeated ? ' (was there already)' : ''}\n${moved}`);
    });
};
