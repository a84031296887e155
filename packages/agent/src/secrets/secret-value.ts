// A secret in memory. Whoever prints, inspects, serialises or compares it by accident gets `[secret]`; its content leaves
// only through `text()` and `bytes()`, which are easy to find in a review.
import { isUtf8 } from 'node:buffer';
import { inspect } from 'node:util';
import { secretNotText } from './secret-errors.ts';

/** What stands where a secret was. */
const MASK = '[secret]';

export interface SecretValueOptions {
  /** The value comes from a file a person may have written: its text goes without the editor's final line break. */
  readonly dropsFinalNewline?: boolean;
}

/** One secret, opaque to everything but its two methods. */
export class SecretValue {
  readonly #bytes: Buffer;
  readonly #dropsFinalNewline: boolean;

  constructor(content: string | Uint8Array, { dropsFinalNewline = false }: SecretValueOptions = {}) {
    this.#bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : Buffer.from(content);
    this.#dropsFinalNewline = dropsFinalNewline;
  }

  /** Whether it is text at all; a keytab usually is not. */
  isText(): boolean {
    return isUtf8(this.#bytes);
  }

  /**
   * Its content as text.
   *
   * @throws TowpathError `SECRET_NOT_TEXT` when it isn't UTF-8
   */
  text(): string {
    if (!this.isText()) throw secretNotText();
    const text = this.#bytes.toString('utf8');
    return this.#dropsFinalNewline ? text.replace(/\r?\n$/, '') : text;
  }

  /** A copy of its content, byte for byte, line breaks included. */
  bytes(): Buffer {
    return Buffer.from(this.#bytes);
  }

  /** `[secret]` */
  toString(): string {
    return MASK;
  }

  /** `[secret]` */
  toJSON(): string {
    return MASK;
  }

  /** `[secret]` */
  [inspect.custom](): string {
    return MASK;
  }
}
