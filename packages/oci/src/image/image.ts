// An image as it is built here: its manifest, its configuration, and where the bytes of each layer come from.
import type { Readable } from 'node:stream';
import type { Descriptor, StoredManifest } from '../manifest.ts';

export interface ImageLayer {
  readonly descriptor: Descriptor;
  /** Digest of the layer's archive before it was compressed. */
  readonly diffId: string;
  /** The compressed bytes. What they are is checked by who takes them. */
  open(): Promise<Readable>;
  /** Absolute paths of its files and links, where somebody knows them without reading it. */
  listFiles?(): Promise<readonly string[]>;
}

export interface Image {
  readonly manifest: StoredManifest;
  readonly config: { readonly descriptor: Descriptor; readonly bytes: Uint8Array };
  /** From the lowest to the highest. */
  readonly layers: readonly ImageLayer[];
}
