export { digestOf } from './digest.ts';
export {
  createDockerEngine,
  type DockerEngine,
  EngineError,
  hasStatus,
  isEngineAway,
  toAway,
} from './engine/docker-engine.ts';
export { type EngineAddress, parseEngineAddress } from './engine/engine-address.ts';
export { engineUnreachable } from './engine/engine-unreachable.ts';
export { loadImage } from './engine/load-image.ts';
export { createUnframer, type LogFrame } from './engine/log-frames.ts';
export { assembleImage, type ImageParts } from './image/assemble-image.ts';
export { type BaseImage, type BaseRequest, loadBaseImage, type Platform } from './image/base-image.ts';
export { type BlobCache, createBlobCache } from './image/blob-cache.ts';
export { findFiles } from './image/find-files.ts';
export type { Image, ImageLayer } from './image/image.ts';
export { openImageArchive } from './image/image-archive.ts';
export { type ImageConfig, listPathFolders, parseImageConfig } from './image/image-config.ts';
export { type LayerFile, type LayerLink, packLayer } from './image/pack-layer.ts';
export { pushImage } from './image/push-image.ts';
export { readSavedImage, type SavedImage } from './image/read-saved-image.ts';
export { rewriteLayer } from './image/rewrite-layer.ts';
export { formatImageReference, type ImageReference, parseImageReference } from './image-reference.ts';
export { type Descriptor, type Manifest, parseManifest, type StoredManifest } from './manifest.ts';
export { type CopyReport, copyImage, type ImagePlace, imageMissing } from './registry/copy-image.ts';
export { createRegistry, type Registry, type RegistryOptions } from './registry/registry.ts';
export { type FindCredentials, type RegistryCredentials, readDockerCredentials } from './registry-credentials.ts';
export { type ServedRegistry, serveRegistry } from './serve/serve-registry.ts';
