// What the jobs of a workflow run and hand over. Names of jobs, conditions and `environment:` say which environment a job is of,
// and that on purpose.
import { listYamlTexts, type YamlText } from '@towpath/config/yaml-texts';
import type { LiteralLanguage } from './literal.ts';

const REASON = 'a workflow has none of the variables; let the program read it, which has ENVIRONMENT';

/** Only reports. */
export const WORKFLOW_LANGUAGE: LiteralLanguage = {
  listLiterals: (source) =>
    listYamlTexts(source)
      .texts.filter(isHandedOver)
      .map(({ start, end, outerStart, outerEnd }) => ({ start, end, outerStart, outerEnd, holes: [], byHand: REASON })),
  rewrite: () => REASON,
  finish: () => [],
};

function isHandedOver({ keys }: YamlText): boolean {
  const last = keys.at(-1);
  return last === 'run' || keys.includes('with') || (keys.includes('env') && last !== 'ENVIRONMENT');
}
