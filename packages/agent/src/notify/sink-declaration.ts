import type { SinkKind } from '@towpath/core';

interface SinkBase {
  /** Unique in its environment; the server names it in deliveries. */
  readonly name: string;
  readonly sink: SinkKind;
}

/** A sink as the project declares it. Every text may be `secret://name#field`. */
export type SinkDeclaration =
  | (SinkBase & { readonly sink: 'slack'; readonly url: string })
  | (SinkBase & {
      readonly sink: 'webhook';
      readonly url: string;
      /** Key of the signature; without it requests are not signed. */
      readonly secret?: string | undefined;
    })
  | (SinkBase & {
      readonly sink: 'email';
      /** `smtp://host:25` or `smtps://user:password@host:465` */
      readonly url: string;
      readonly to: readonly string[];
      /** Default: the user of the URL when it is an address, else the first recipient. */
      readonly from?: string | undefined;
    });
