/** What an image can run as first program; `none` runs the command itself. Images say it by a label, datakits by `image.entry`, which is made into that label. */
export type EntryKind = 'sh' | 'node' | 'none';
