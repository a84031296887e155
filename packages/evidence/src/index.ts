export { createSource, type SourceSurroundings } from './create-source.ts';
export { EvidenceRefusal, type EvidenceSource, type FoundEvidence } from './evidence-source.ts';
