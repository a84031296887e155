// Texts of others (error messages, reasons) on their way to the server.

/**
 * The text as the server stores it: at most `maxCharacters`, without NUL (PostgreSQL has none) and lone surrogates
 * (UTF-8 has none); both become U+FFFD.
 */
export function cleanText(text: string, maxCharacters: number): string {
  return text.slice(0, maxCharacters).replaceAll('\0', '\uFFFD').toWellFormed();
}
