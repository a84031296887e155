import { registerConfigCheckCode } from './config-check-code.ts';
import { registerConfigExplain } from './config-explain.ts';
import { registerConfigGenerate } from './config-generate.ts';
import { registerConfigValidate } from './config-validate.ts';
import type { RegisterCommand } from './register-command.ts';

/** `towpath config`: what an environment's variables come to, and what is wrong with them. */
export const registerConfig: RegisterCommand = (program, context, exitWith) => {
  const config = program.command('config').description("Explain and check an environment's configuration.");
  registerConfigExplain(config, context, exitWith);
  registerConfigValidate(config, context, exitWith);
  registerConfigGenerate(config, context, exitWith);
  registerConfigCheckCode(config, context, exitWith);
};
