// A service may send back what it was sent; what is kept of its answer holds no credential, however it is written.

/** Replaces each form of a secret, and of it as the password of a user. */
export function createMask(secret: string | undefined, user: string | undefined): (text: string) => string {
  if (secret === undefined) return (text) => text;
  const basic = Buffer.from(`${user ?? ''}:${secret}`, 'utf8').toString('base64');
  const forms = [basic, secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
  return (text) => forms.reduce((masked, form) => masked.replaceAll(form, '***'), text);
}
