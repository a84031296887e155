import type { CodeLocationView, PipelineView } from '@towpath/api';
import { formatCount } from '../../format/format-count.ts';

interface Registered {
  readonly pipelines: readonly PipelineView[];
  readonly codeLocations: readonly CodeLocationView[];
}

/** The page's answer: `3 pipelines from 1 code location; 1 does not load`. */
export function describePipelines({ pipelines, codeLocations }: Registered): string {
  if (pipelines.length === 0 && codeLocations.every(({ error }) => error === null)) return 'No pipelines yet';
  const broken = codeLocations.filter(({ error }) => error !== null).length;
  const scope = `${formatCount(pipelines.length, 'pipeline')} from ${formatCount(codeLocations.length, 'code location')}`;
  if (broken === 0) return scope;
  return codeLocations.length === 1 ? `${scope}, which does not load` : `${scope}; ${broken} do not load`;
}

/** Pipelines whose name or description contains a text, whatever the case. */
export function filterPipelines(pipelines: readonly PipelineView[], text: string): readonly PipelineView[] {
  const wanted = text.trim().toLowerCase();
  return pipelines.filter(({ name, description }) => `${name}\n${description}`.toLowerCase().includes(wanted));
}
