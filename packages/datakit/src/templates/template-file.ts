/** A file of a template; `path` is relative to the datakit's folder. */
export interface TemplateFile {
  readonly path: string;
  readonly content: string;
  readonly isExecutable?: boolean;
}
