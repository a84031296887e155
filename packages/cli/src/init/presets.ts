// Presets of `npx towpath init`: which environments a project starts with, in the order of promotion. The four are those of
// the documents; names are data, so nothing else depends on them.
import type { EnvironmentKind } from '@towpath/core';

/** An environment of a preset. */
export interface PresetEnvironment {
  readonly name: string;
  readonly kind: EnvironmentKind;
}

/** Names of the presets, as `--preset` takes them. */
export const PRESET_NAMES = ['local-int-qa-prod', 'int-prod', 'A-B', 'local-dev-staging-prod'] as const;

export type PresetName = (typeof PRESET_NAMES)[number];

const KINDS: Readonly<Record<string, EnvironmentKind>> = { local: 'local', prod: 'production', B: 'production' };

/** The environments of a preset. The last one is production: what is promoted ends there. */
export function listPresetEnvironments(preset: PresetName): readonly PresetEnvironment[] {
  return preset.split('-').map((name) => ({ name, kind: KINDS[name] ?? 'shared' }));
}

/** The preset of this name, also with arrows between its environments; undefined when there is none. */
export function findPreset(text: string): PresetName | undefined {
  const wanted = text.replaceAll(/\s*(?:→|->)\s*/g, '-');
  return PRESET_NAMES.find((name) => name === wanted);
}
