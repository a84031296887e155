/** What an HTTP API says went wrong: `message` of its JSON, else the body as it is; undefined when there is nothing. */
export function readApiMessage(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    const message: unknown = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'message') : undefined;
    return typeof message === 'string' ? message : undefined;
  } catch {
    return body.trim() || undefined;
  }
}
