// Where an API server is and how one shows who one is to it; from a kubeconfig or from inside a Pod.

/** What is shown with a request. */
export interface ApiCredentials {
  readonly token?: string | undefined;
  /** Client certificate and its key, as PEM. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface ApiAccess {
  readonly server: URL;
  readonly tls: {
    /** Authority as PEM; the system's when not given. */
    readonly ca?: string | undefined;
    /** Name in the server's certificate, when it is another than the host's. */
    readonly servername?: string | undefined;
    readonly rejectUnauthorized?: boolean | undefined;
  };
  /** Namespace that requests are meant for when nothing else names one. */
  readonly namespace: string | undefined;
  /** Asked for each request: tokens are renewed on disk while an agent runs. `isRefused`: the last one was not accepted. */
  getCredentials(isRefused: boolean): Promise<ApiCredentials>;
}
