import { type Config, ConfigError, type Environment, loadConfig } from '../../config/load-config.js';
import { type RedisLimits, STATUS_LIMITS } from '../../status/limits.js';
import { SERVICES, UPSTREAMS } from '../../upstream/definitions.js';
import { type Finding, fail, ok, warn } from './finding.js';
import { checkAddress, checkPersisted, checkRedis } from './surroundings.js';
import { checkUpstreams } from './upstreams.js';

/**
 * Checks what `serve` needs: Node, the settings, the address to listen on, each configured upstream with one read, Redis, and
 * the persisted operations.
 * Prints a line for each finding, with advice. Resolves to the exit code: 0 if nothing failed, 1 otherwise. Does not need a
 * running gateway, and never prints a token.
 */
export async function runDoctor(
  env: Environment,
  print: (line: string) => void,
  limits: RedisLimits = STATUS_LIMITS.redis,
): Promise<number> {
  const findings = [checkNode(process.versions.node), ...(await checkSettings(env, limits))];
  for (const { level, text } of findings) print(`${level.padEnd(4)}  ${text}`);
  const failed = findings.filter(({ level }) => level === 'FAIL').length;
  print(failed === 0 ? 'Everything works.' : `${failed} ${failed === 1 ? 'problem' : 'problems'} to fix.`);
  return failed === 0 ? 0 : 1;
}

/** Whether this version of Node, such as `20.20.2`, can run the gateway. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) return fail(`Node ${version} is too old. Use 20.19 or later.`);
  if ([20, 22, 24].includes(major)) return ok(`Node ${version}.`);
  return warn(`Node ${version} is not tested with the gateway. Use 20, 22 or 24.`);
}

async function checkSettings(env: Environment, limits: RedisLimits): Promise<Finding[]> {
  try {
    const config = loadConfig(env);
    const warnings = loadConfig(withTokensInUse(env, config)).warnings.map(warn);
    const upstreams = config.sandbox ? [SANDBOX] : await checkUpstreams(config);
    return [
      ...warnings,
      ...upstreams,
      ...(await checkRedis(config, limits)),
      ...(await checkPersisted(config)),
      ...(await checkAddress(config)),
    ];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problems = error.problems.map(({ variable, received, expected }) =>
      fail(`${variable}: received ${received}, expected ${expected}.`),
    );
    return [...error.unknown.map(warn), ...problems];
  }
}

/** The doctor uses the tokens even if `serve` does not, so there must be no warning that they are not used. */
function withTokensInUse(env: Environment, config: Config): Environment {
  const hasToken = SERVICES.some((service) => config[service]?.token !== undefined);
  return hasToken ? { ...env, ANONYMOUS_USES_TOKENS: 'true' } : env;
}

const URLS = SERVICES.map((service) => `${UPSTREAMS[service].prefix}_URL`).join(' or ');
const SANDBOX = ok(`No upstream is configured: \`serve\` runs on the embedded sandbox. Set ${URLS} to use a real API.`);
