export { type BuildOptions, type BuiltDatakit, buildDatakit } from './image/build-datakit.ts';
export { DATAKIT_FILE, type Manifest } from './manifest/manifest-schema.ts';
export { type InstalledDatakit, readDatakit, readDatakits } from './manifest/read-datakits.ts';
export { type DatakitProblem, type DatakitReport, validateDatakit } from './manifest/validate-datakit.ts';
export type { ImageEnvironment, RegistryAccess } from './registry/datakit-place.ts';
export { type PromoteReport, promoteDatakit } from './registry/promote-datakit.ts';
export { type PublishReport, publishDatakit } from './registry/publish-datakit.ts';
export { type InventoryCell, readInventory } from './registry/read-inventory.ts';
export { runDatakitTests } from './run-datakit-tests.ts';
