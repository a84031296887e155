/** Ports that `dev` takes when they are free. */
export const PREFERRED_PORTS = { console: 8080, postgres: 5432, mock: 1433 } as const;
