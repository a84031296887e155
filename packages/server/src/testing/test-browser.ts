// A browser as far as signing in needs one: cookies by host and port, redirects one by one, forms.
interface Cookie {
  readonly value: string;
  readonly path: string;
}

/** What a page was, after all redirects. */
export interface Page {
  readonly status: number;
  readonly url: URL;
  readonly text: string;
}

/** Keeps cookies as a browser does: of a host, whatever its port. */
export class TestBrowser {
  readonly cookies = new Map<string, Cookie>();

  /** Asks once, without following. */
  async send(address: string | URL, init: RequestInit = {}): Promise<Response> {
    const url = new URL(address);
    const headers = new Headers(init.headers);
    const sent = [...this.cookies].filter(
      ([key, { path }]) => key.startsWith(`${url.hostname} `) && url.pathname.startsWith(path),
    );
    if (sent.length > 0)
      headers.set('cookie', sent.map(([key, { value }]) => `${key.split(' ')[1]}=${value}`).join('; '));
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.#keep(url.hostname, line);
    return response;
  }

  /** Asks and follows redirects until a page comes, or `until` is about to be asked for. */
  async open(address: string | URL, init: RequestInit = {}, until?: (url: URL) => boolean): Promise<Page> {
    let url = new URL(address);
    let response = await this.send(url, init);
    for (let hops = 0; hops < 20 && response.status >= 300 && response.status < 400; hops += 1) {
      url = new URL(response.headers.get('location') ?? '', url);
      if (until?.(url)) return { status: response.status, url, text: '' };
      response = await this.send(url);
    }
    return { status: response.status, url, text: await response.text() };
  }

  /** Sends the form of a page. */
  submit(page: Page, fields: Readonly<Record<string, string>>, until?: (url: URL) => boolean): Promise<Page> {
    const action = /<form[^>]* action="([^"]*)"/.exec(page.text)?.[1] ?? '';
    const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
    const body = new URLSearchParams({
      ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])),
      ...fields,
    });
    return this.open(new URL(action, page.url), { method: 'POST', body }, until);
  }

  #keep(host: string, line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const at = pair.indexOf('=');
    const key = `${host} ${pair.slice(0, at)}`;
    const value = pair.slice(at + 1);
    const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice('path='.length) ?? '/';
    if (value === '' || attributes.some((attribute) => /^max-age=0$/i.test(attribute))) this.cookies.delete(key);
    else this.cookies.set(key, { value, path });
  }
}

/** Clicks a link of the page of ours that asks whether to let a program in; where it leads is not asked for with `until`. */
export function answerConsent(
  browser: TestBrowser,
  page: Page,
  answer: 'Allow' | 'Refuse',
  until?: (url: URL) => boolean,
): Promise<Page> {
  const href = new RegExp(`href="([^"]+)">${answer}<`).exec(page.text)?.[1];
  if (href === undefined) throw new Error(`nobody is asked: ${page.url.href} ${page.text.slice(0, 500)}`);
  const url = new URL(href.replaceAll('&amp;', '&'), page.url);
  return until?.(url) ? Promise.resolve({ status: 302, url, text: '' }) : browser.open(url);
}

/** Signs in at the provider and returns the first page of ours that comes after it; it is not asked for with `until`. */
export async function signInAt(
  browser: TestBrowser,
  start: string | URL,
  login: string,
  until?: (url: URL) => boolean,
): Promise<Page> {
  let page = await browser.open(start, {}, until);
  for (
    let forms = 0;
    forms < 3 && page.text.includes('<form') && page.url.pathname.startsWith('/interaction');
    forms += 1
  )
    page = await browser.submit(page, { login, password: 'any' }, until);
  return page;
}
