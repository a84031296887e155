/**
 * How a person calls this program in a project, for texts that name a command. With npx it works in every folder of a project
 * whatever is on the PATH; a bare `towpath` only where somebody installed it for the whole machine.
 */
export const TOWPATH = 'npx towpath';
