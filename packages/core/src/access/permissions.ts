// Who may do what: permissions are words, roles are sets of them. A route names the one permission it needs.

export const PERMISSIONS = [
  'environments:read',
  'environments:write',
  'notifications:read',
  'pipelines:read',
  'runs:read',
  'runs:start',
  'runs:cancel',
  'logs:read',
  'attempts:resolve',
  'pools:write',
  'audit:read',
  'schedules:read',
  'schedules:write',
  'metrics:read',
  'releases:read',
  'releases:write',
  'promotions:write',
  'sign-offs:write',
  'policies:write',
  'access:read',
  'access:write',
  'attempts:execute',
  'code:register',
  'notifications:deliver',
  'bundles:fetch',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

const PERSON_READS: readonly Permission[] = [
  'environments:read',
  'notifications:read',
  'pipelines:read',
  'runs:read',
  'logs:read',
  'audit:read',
  'schedules:read',
  'metrics:read',
  'releases:read',
  'access:read',
];

const ENGINEER: readonly Permission[] = [
  ...PERSON_READS,
  'runs:start',
  'runs:cancel',
  'attempts:resolve',
  'pools:write',
  'schedules:write',
  'releases:write',
  // Into which environments, the policy says besides.
  'promotions:write',
  'sign-offs:write',
];

/** Every role with its permissions; an agent's credential is bound to one environment besides, an attempt's to its own bundle. */
export const ROLES = {
  viewer: PERSON_READS,
  /** Whoever answers for the data: signs off releases. */
  business: [...PERSON_READS, 'sign-offs:write'],
  engineer: ENGINEER,
  /** Brings releases into production, where the policy lets nobody else. */
  'release-manager': ENGINEER,
  /** Answers for an emergency. */
  vp: [...PERSON_READS, 'sign-offs:write'],
  /** An engineer on duty, who says so of an emergency. */
  'on-call': ENGINEER,
  /** Says what environments there are, by which policy releases come into them, and who may do what. */
  administrator: [...ENGINEER, 'environments:write', 'policies:write', 'access:write'],
  agent: ['attempts:execute', 'code:register', 'notifications:deliver'],
  /** What runs in a cluster for an agent, as long as it does. */
  attempt: ['bundles:fetch'],
} as const satisfies Record<string, readonly Permission[]>;

export type Role = keyof typeof ROLES;

/** Tells whether a role includes a permission. */
export function roleHas(role: Role, permission: Permission): boolean {
  const granted: readonly Permission[] = ROLES[role];
  return granted.includes(permission);
}
