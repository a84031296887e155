import { TowpathError } from '@towpath/core';

/** Bytes would leave a gap; `length` is what the server has, so that the agent goes on from there. */
export class LogOffsetWrong extends TowpathError {
  readonly length: number;

  constructor(offset: number, length: number) {
    super({
      code: 'LOG_OFFSET_WRONG',
      message: 'The log can not be appended there.',
      cause: `The offset is ${offset}, but the server has ${length} bytes.`,
      fix: 'Send the bytes from the offset in `length`.',
    });
    this.length = length;
  }
}
