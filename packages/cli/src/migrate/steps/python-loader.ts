// The loader that a migrated repository reads its configuration with when Towpath does not start it. It reads the same files
// as Towpath does.

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
