// Computed texts: `${S3_BUCKET_PREFIX}-bronze-zone`. `$${` writes a plain `${`; any other `$` stands for itself.

/** A part of a template: plain text, or the name of an input. */
export type TemplatePart = { readonly text: string } | { readonly input: string };

/** Splits a template; undefined when a `${` is not followed by a name and `}`. */
export function parseTemplate(template: string): readonly TemplatePart[] | undefined {
  const parts: TemplatePart[] = [];
  const pattern = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{|[^$]+|\$/g;
  for (const [whole, input] of template.matchAll(pattern)) {
    if (whole === '${') return undefined;
    if (input !== undefined) parts.push({ input });
    else parts.push({ text: whole === '$${' ? '${' : whole });
  }
  return parts;
}

/** Names of the inputs, each once. */
export function listInputs(parts: readonly TemplatePart[]): readonly string[] {
  return [...new Set(parts.flatMap((part) => ('input' in part ? [part.input] : [])))];
}

/** Fills a template; undefined when an input has no value. */
export function fillTemplate(
  parts: readonly TemplatePart[],
  findValue: (name: string) => string | undefined,
): string | undefined {
  const texts = parts.map((part) => ('input' in part ? findValue(part.input) : part.text));
  return texts.some((text) => text === undefined) ? undefined : texts.join('');
}
