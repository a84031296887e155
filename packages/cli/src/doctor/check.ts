/** What one check of `npx towpath doctor` found. Healthy findings are quiet; problems name cause and fix. */
export interface Finding {
  readonly subject: string;
  readonly status: 'ok' | 'note' | 'problem';
  readonly text: string;
  readonly fix?: string;
}

/** Everything a check may look at. */
export interface CheckSubject {
  readonly projectFolder: string | undefined;
  readonly stateFolder: string;
  readonly ports: { readonly console: number; readonly postgres: number; readonly mock: number };
}

/** One question asked of this machine; it never changes anything. */
export type Check = (subject: CheckSubject) => Promise<readonly Finding[]>;
