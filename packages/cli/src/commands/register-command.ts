import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';

/** Adds one command to the program; `exitWith` sets the exit code of a command that ended without an error. */
export type RegisterCommand = (program: Command, context: CommandContext, exitWith: (code: number) => void) => void;
