// What `npx towpath datakit new` writes: a small datakit with a test, in one of three languages.
import { formatPython } from './python.ts';
import { formatShell } from './shell.ts';
import type { TemplateFile } from './template-file.ts';
import { formatTypescript } from './typescript.ts';

export const TEMPLATE_NAMES = ['typescript', 'python', 'shell'] as const;

export type TemplateName = (typeof TEMPLATE_NAMES)[number];

const FORMATS: Readonly<Record<TemplateName, (name: string) => readonly TemplateFile[]>> = {
  typescript: formatTypescript,
  python: formatPython,
  shell: formatShell,
};

/** The files of a new datakit of this name, which is also its command. `platformVersion` is the lowest that it asks for. */
export function createTemplate(template: TemplateName, name: string, platformVersion: string): readonly TemplateFile[] {
  const files = FORMATS[template](name);
  return files.map((file) => ({ ...file, content: file.content.replaceAll('{{platform}}', platformVersion) }));
}
