import { PARITY_CLASSES, VALUE_TYPES } from '@towpath/core';
import { z } from 'zod';
import { Scalar, Text } from './words.ts';

/** One variable of `variables:`. */
export const VariableSchema = z.strictObject({
  type: z.enum(VALUE_TYPES).default('string').describe('Decides what a value must look like and what it names'),
  description: z.string().max(2000).optional(),
  default: Scalar.optional().describe('Value where nothing else gives one'),
  required: z.boolean().optional().describe('Every environment must have a value'),
  example: Scalar.optional().describe('Shown in config/.env.example'),
  value: Text.optional().describe('Computed from other variables, each named in braces after a dollar sign'),
  secret: z.boolean().optional().describe('Masked everywhere'),
  pattern: Text.optional().describe('Regular expression for the whole value'),
  min: z.number().optional().describe('Least number, or least length of a text'),
  max: z.number().optional().describe('Greatest number, or greatest length of a text'),
  values: z.array(Text).min(1).optional().describe('Words of an enum'),
  immutable: z.boolean().optional().describe('May never change once a release had it'),
  parity: z.enum(PARITY_CLASSES).optional().describe('How environments may differ in it'),
});

export type VariableInput = z.output<typeof VariableSchema>;
