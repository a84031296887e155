// What a provider under test knows of the world; what matters to a test is in `more`.
import type { ProviderContext } from '../secrets/provider-context.ts';

/** Environment `dev`, no variables, a clock that stands still. */
export function createTestContext(more: Partial<ProviderContext> = {}): ProviderContext {
  return {
    environment: 'dev',
    projectFolder: '/nowhere',
    namespace: 'finks-dev',
    variables: {},
    findForeignOwner: () => undefined,
    clock: () => 0,
    ...more,
  };
}
