/** Where a registry of images is. */
export interface Registry {
  /** `registry.example.com:5000` */
  readonly authority: string;
  /** On this machine: Docker takes plain HTTP there, and any certificate. */
  readonly isLoopback: boolean;
}

const LOOPBACK = /^(?:localhost|(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** Reads `host[:port][/path]`, with a scheme or without; undefined when it is none. */
export function parseRegistry(text: string): Registry | undefined {
  const url = URL.parse(/^https?:\/\//i.test(text) ? text : `https://${text}`);
  if (!url?.hostname || url.username !== '' || url.password !== '') return undefined;
  return { authority: url.host, isLoopback: LOOPBACK.test(url.hostname) };
}
