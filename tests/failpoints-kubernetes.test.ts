import { createKubernetesSubject } from './support/container-subject.ts';
import { testCrashes } from './support/crash-suite.ts';

testCrashes(createKubernetesSubject());
