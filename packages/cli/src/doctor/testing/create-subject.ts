import type { CheckSubject } from '../check.ts';
import { describeSubject } from '../describe-subject.ts';
import type { DoctorProject } from './doctor-project.ts';

/** What checks look at for a project, with faults planted in it. */
export function createSubject(
  { folder }: Pick<DoctorProject, 'folder'>,
  faults: Partial<CheckSubject> = {},
): CheckSubject {
  const { variables = {} } = faults;
  return {
    ...describeSubject({ cwd: folder, env: variables }, {}),
    signal: new AbortController().signal,
    ...faults,
  };
}
