export { DATAKIT_FILE, type Manifest } from './manifest/manifest-schema.ts';
export { type InstalledDatakit, readDatakit, readDatakits } from './manifest/read-datakits.ts';
export { type DatakitProblem, type DatakitReport, validateDatakit } from './manifest/validate-datakit.ts';
