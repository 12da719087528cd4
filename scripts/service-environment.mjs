const PROVIDER_KEYS = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'PLANWRIGHT_COMPATIBLE_API_KEY'];

/**
 * The environment of one of the four services, which are started from the same one. PORT can mean only the gateway; the
 * others keep their own defaults. Keys of providers are the generator's alone; the gateway learns that they are set,
 * for the first provider with a key is its default one.
 */
export function serviceEnvironment(name, given) {
  const env = { ...given };
  if (name !== 'gateway') delete env.PORT;
  if (name === 'generator') return env;
  for (const key of PROVIDER_KEYS) {
    if (name === 'gateway' && env[key]?.trim()) env[key] = 'set';
    else delete env[key];
  }
  return env;
}
