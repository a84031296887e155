// The console is files, not code that a server calls: this says where they are.

/** Folder (file URL) of the built console; it exists after `npm run build -w @towpath/console`. */
export const CONSOLE_DIST_URL = new URL('../dist/', import.meta.url);
