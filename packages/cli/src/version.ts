/** The platform's version; a test compares it with package.json, which npm needs to hold it too. */
export const VERSION = '0.1.0';
