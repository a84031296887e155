// People in browsers of their own before a real server's console, each with the role that lets them in.
import { openAdmin } from '@towpath/server';
import type { Browser, Page } from 'playwright-core';
import { type OpenedPage, openPage } from '../../packages/console/src/testing/browser.ts';

type Role = Parameters<Awaited<ReturnType<typeof openAdmin>>['issueConsoleLink']>[0]['role'];

/** Where they go, and who they are. */
export interface ConsolePeopleOptions<Person extends string> {
  readonly browser: Browser;
  readonly serverUrl: string;
  readonly databaseUrl: string;
  readonly roles: Readonly<Record<Person, Role>>;
  /** An action in this environment wants its name typed, where it is of production. */
  readonly environment: string;
}

export interface ConsolePeople<Person extends string> {
  /** Opens the console as somebody, in a browser profile of their own. */
  enter(name: Person): Promise<Page>;
  /** Signs a release off on the page of its promotion. */
  signOff(page: Page, address: string, version: string): Promise<void>;
  /** Confirms the dialog that is open by the button of this name. */
  confirm(page: Page, action: string, reason?: string): Promise<void>;
  /** The line of the gate that says this code. */
  gateOf(page: Page, code: string): ReturnType<Page['getByRole']>;
  /** What the browsers complained about. */
  listComplaints(): readonly string[];
}

/** Nobody is there before they enter. */
export function createConsolePeople<Person extends string>(
  options: ConsolePeopleOptions<Person>,
): ConsolePeople<Person> {
  const { browser, serverUrl, databaseUrl, roles, environment } = options;
  const opened: OpenedPage[] = [];
  const confirm: ConsolePeople<Person>['confirm'] = async (page, action, reason) => {
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    if (reason) await dialog.getByRole('textbox', { name: 'Reason' }).fill(reason);
    const name = dialog.getByLabel(`Type ${environment} to confirm`);
    if ((await name.count()) > 0) await name.fill(environment);
    await dialog.getByRole('button', { name: action, exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  };
  return {
    confirm,
    enter: async (name) => {
      const admin = await openAdmin(databaseUrl);
      const link = await admin.issueConsoleLink({ name, role: roles[name] }).finally(() => admin.close());
      const one = await openPage(browser);
      opened.push(one);
      one.page.setDefaultTimeout(20_000);
      await one.page.goto(`${serverUrl}/open#${link}`);
      await one.page.waitForURL('**/board');
      return one.page;
    },
    signOff: async (page, address, version) => {
      await page.goto(address);
      await page.getByRole('button', { name: `Sign off… ${version} for ${environment}` }).click();
      await confirm(page, 'Sign off');
    },
    gateOf: (page, code) => page.getByRole('list', { name: 'Gates' }).getByRole('listitem').filter({ hasText: code }),
    listComplaints: () => opened.flatMap(({ complaints }) => complaints),
  };
}
