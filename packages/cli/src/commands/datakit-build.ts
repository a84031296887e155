import type { BuiltDatakit } from '@towpath/datakit';
import { loadImage, openImageArchive, parseEngineAddress } from '@towpath/oci';
import type { CommandContext } from '../context.ts';
import { buildNamed } from '../datakit/build-named.ts';
import { addBuildOptions, type BuildFlags } from '../datakit/build-options.ts';
import { listEngineNames } from '../datakit/engine-names.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends BuildFlags {
  readonly load: boolean;
}

/** `npx towpath datakit build FOLDER`: its image, into the engine of this machine. */
export const registerDatakitBuild: RegisterCommand = (datakit, context) => {
  const build = datakit
    .command('build')
    .description('Build the image of a datakit, and load it into the Docker engine as datakits/<name>:<version>.');
  addBuildOptions(build)
    .option('--no-load', 'say the digest, and leave the engine alone')
    .addHelpText('after', '\nExample:\n  npx towpath datakit build datakits/line-counter')
    .action(async (text: string, options: Options) => {
      const { found, built } = await buildNamed(context, text, options);
      const names = options.load ? listEngineNames(context.cwd, found) : [];
      if (options.load) await load(context, built, names);
      const facts = {
        names,
        digest: built.image.manifest.digest,
        base: built.base ?? null,
        labels: built.labels,
      };
      context.out(options.json ? `${JSON.stringify(facts, null, 2)}\n` : format(facts));
    });
};

async function load({ env }: CommandContext, built: BuiltDatakit, names: readonly string[]): Promise<void> {
  const certificates = env.DOCKER_TLS_VERIFY ? env.DOCKER_CERT_PATH : undefined;
  await loadImage(parseEngineAddress(env.DOCKER_HOST, certificates), openImageArchive(built.image, names));
}

interface BuildFacts {
  /** In the engine; empty when it was left alone. */
  readonly names: readonly string[];
  readonly digest: string;
  readonly base: string | null;
  readonly labels: Readonly<Record<string, string>>;
}

function format({ names, digest, base, labels }: BuildFacts): string {
  const lines = Object.entries(labels).map(([name, value]) => `  ${name}=${value}\n`);
  return `${names.length === 0 ? 'not loaded' : names.join('\n')}\n${digest}\n${base === null ? '' : `upon ${base}\n`}labels\n${lines.join('')}`;
}
