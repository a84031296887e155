import { z } from 'zod';
import { ProjectFileSchema } from './project-schema.ts';

/** JSON Schema (draft 2020-12) of towpath.yaml, for editors; `towpath.schema.json` of the npm package holds its text. */
export function createJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    ...z.toJSONSchema(ProjectFileSchema, { io: 'input' }),
    title: 'towpath.yaml',
    description: 'A Towpath project: its variables, environments and what they own.',
  };
}
