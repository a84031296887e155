export { baseImageMissing, isBaseAbsent } from './image/base-image-missing.ts';
export { type BuildOptions, type BuiltDatakit, buildDatakit } from './image/build-datakit.ts';
export { readNeeds } from './image/image-labels.ts';
export { loadNamedBase } from './image/load-named-base.ts';
export { type GitFacts, readGitFacts } from './image/read-git-facts.ts';
export { DATAKIT_FILE, type Manifest } from './manifest/manifest-schema.ts';
export { type InstalledDatakit, readDatakit, readDatakits } from './manifest/read-datakits.ts';
export { type DatakitProblem, type DatakitReport, validateDatakit } from './manifest/validate-datakit.ts';
export {
  formatPlace,
  type ImageEnvironment,
  openDatakitPlace,
  openRegistry,
  type RegistryAccess,
} from './registry/datakit-place.ts';
export { listVersions } from './registry/list-versions.ts';
export { type DatakitReference, parseDatakitReference } from './registry/parse-datakit-reference.ts';
export { type PromoteReport, promoteDatakit } from './registry/promote-datakit.ts';
export { type PublishReport, publishDatakit } from './registry/publish-datakit.ts';
export { type InventoryCell, type KnownPresence, readInventory } from './registry/read-inventory.ts';
export { type PublishedImage, readPublished } from './registry/read-published.ts';
export { runDatakitTests } from './run-datakit-tests.ts';
export { createTemplate, TEMPLATE_NAMES, type TemplateName } from './templates/create-template.ts';
export { writeDatakit } from './templates/write-datakit.ts';
