// Bindings to begin with, by how many stages there are. Groups are named as identity providers often name them; whoever
// applies a preset puts their own in.
import { ACCESS_SCHEMA_VERSION, type AccessPolicy } from './access-policy.ts';

const bind = (bindings: AccessPolicy['bindings']): AccessPolicy => ({
  schemaVersion: ACCESS_SCHEMA_VERSION,
  bindings,
});

/** Everybody of the team sees everything; administrators say what there is. */
const COMMON: AccessPolicy['bindings'] = [
  { group: 'engineers', role: 'viewer' },
  { group: 'business', role: 'business' },
  { group: 'administrators', role: 'administrator' },
];

/** By name. `two-stage`: all engineers deploy into int, the release manager alone into prod. */
export const ACCESS_PRESETS = {
  'two-stage': bind([
    ...COMMON,
    { group: 'engineers', role: 'engineer', environments: ['int'] },
    { group: 'release-managers', role: 'release-manager' },
    { serviceAccount: 'ci', role: 'engineer', environments: ['int'] },
  ]),
  /** Developers have broad access to dev; staging is for CI and senior developers; prod is restricted. */
  'three-stage': bind([
    ...COMMON,
    { group: 'engineers', role: 'engineer', environments: ['dev'] },
    { group: 'senior-engineers', role: 'engineer', environments: ['dev', 'staging'] },
    { serviceAccount: 'ci', role: 'engineer', environments: ['dev', 'staging'] },
    { group: 'release-managers', role: 'release-manager' },
  ]),
} as const satisfies Record<string, AccessPolicy>;
