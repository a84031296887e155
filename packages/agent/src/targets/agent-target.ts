import type { TargetDeclaration } from '@towpath/core';

type Settled<Declaration> = Declaration extends unknown ? Omit<Declaration, 'when' | 'place'> : never;

/** A target of the agent's environment, as it is declared. Every text may be `secret://name#field`. */
export type AgentTarget = { readonly name: string } & Settled<TargetDeclaration>;
