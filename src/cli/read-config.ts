import { type Config, ConfigError, type Environment, loadConfig } from '../config/load-config.js';
import { CommandError } from './command-error.js';

/** Returns the configuration in an environment. Throws a CommandError with all invalid settings. */
export function readConfig(env: Environment): Config {
  try {
    return loadConfig(env);
  } catch (error) {
    throw error instanceof ConfigError ? new CommandError(error.message, 1) : error;
  }
}
