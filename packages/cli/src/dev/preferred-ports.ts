/** Ports on loopback that `dev` and `up` take when they are free. */
export const PREFERRED_PORTS = { console: 8080, postgres: 5432, mock: 1433, registry: 5000 } as const;
