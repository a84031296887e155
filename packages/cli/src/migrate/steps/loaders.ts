// The loaders that a migrated repository reads its configuration with when Towpath does not start it. They read the same
// files as Towpath does.

/** config/config.py, as document "Environment Management" has it, without a default for the environment. */
export const PYTHON_LOADER = `"""Configuration of the selected environment, from config/.env.<environment>."""
import os
from pathlib import Path

from dotenv import load_dotenv


def load_environment():
    """Load the file of the environment that ENVIRONMENT selects; variables of the process stand above it."""
    env = os.getenv("ENVIRONMENT")
    if not env:
        raise RuntimeError("ENVIRONMENT is not set")
    env_file = Path(__file__).parent / f".env.{env}"

    if not env_file.exists():
        raise FileNotFoundError(f"Missing {env_file}: cp config/.env.example config/.env.{env}")

    load_dotenv(env_file)
    return env


ENVIRONMENT = load_environment()


class Config:
    ENVIRONMENT = ENVIRONMENT
`;

/** config/config.ts: the same for TypeScript. A variable is read when it is named, so that a missing one fails by name. */
export const TYPESCRIPT_LOADER = `// Configuration of the selected environment, from config/.env.<environment>; variables of the process stand above it.
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

const environment = process.env.ENVIRONMENT;
if (!environment) throw new Error('ENVIRONMENT is not set');
const values = parseEnv(readFileSync(new URL(\`./.env.\${environment}\`, import.meta.url), 'utf8'));

function read(name: string, standard?: string): string {
  const value = process.env[name] ?? values[name] ?? standard;
  if (value === undefined) throw new Error(\`\${name} is not set; config/.env.example lists all variables\`);
  return value;
}

export const config = {
  ENVIRONMENT: environment,
  // Further variables above.
};
`;
