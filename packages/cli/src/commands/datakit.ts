import { registerDatakitBuild } from './datakit-build.ts';
import { registerDatakitInspect } from './datakit-inspect.ts';
import { registerDatakitList } from './datakit-list.ts';
import { registerDatakitNew } from './datakit-new.ts';
import { registerDatakitPromote } from './datakit-promote.ts';
import { registerDatakitPublish } from './datakit-publish.ts';
import { registerDatakitTest } from './datakit-test.ts';
import { registerDatakitValidate } from './datakit-validate.ts';
import type { RegisterCommand } from './register-command.ts';

/** `npx towpath datakit`: from a new datakit to the image that production runs. */
export const registerDatakit: RegisterCommand = (program, context, exitWith) => {
  const datakit = program
    .command('datakit')
    .description('Make, test, build and publish datakits; promote their images by digest; see which version is where.');
  registerDatakitNew(datakit, context, exitWith);
  registerDatakitValidate(datakit, context, exitWith);
  registerDatakitTest(datakit, context, exitWith);
  registerDatakitBuild(datakit, context, exitWith);
  registerDatakitPublish(datakit, context, exitWith);
  registerDatakitPromote(datakit, context, exitWith);
  registerDatakitList(datakit, context, exitWith);
  registerDatakitInspect(datakit, context, exitWith);
};
