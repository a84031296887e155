export type { OidcOptions } from './access/oidc/oidc-client.ts';
export type { LogLevel } from './create-app.ts';
export { dumpSchema } from './db/dump-schema.ts';
export { migrate } from './db/migrate.ts';
export { type Admin, openAdmin } from './setup.ts';
export { type ServerOptions, startServer, type TowpathServer } from './start-server.ts';
