import type { JwtSettings } from '../access/jwt.js';
import { textField, urlField } from './fields.js';
import { ConfigError } from './read-config.js';

/** The identity provider whose tokens are taken beside API keys. Shared by the processes that take requests. */
export const jwtFields = {
  PLANWRIGHT_JWT_ISSUER: textField({
    description:
      'iss of the JWTs that are taken beside API keys, exactly; see access.md. With it the other two are needed.',
  }),
  PLANWRIGHT_JWT_AUDIENCE: textField({ description: 'aud that a JWT has to name.' }),
  PLANWRIGHT_JWKS_URL: urlField(['https', 'http'], {
    description: "Where the issuer's public keys are (its jwks_uri); http only where nobody can get in between.",
  }),
};

type JwtConfig = { [Name in keyof typeof jwtFields]?: string | undefined };

/** The provider, or undefined where none is set. Throws when it is set by half. */
export function jwtSettings(config: JwtConfig): JwtSettings | undefined {
  const names = Object.keys(jwtFields) as (keyof typeof jwtFields)[];
  const missing = names.filter((name) => config[name] === undefined);
  const { PLANWRIGHT_JWT_ISSUER: issuer, PLANWRIGHT_JWT_AUDIENCE: audience, PLANWRIGHT_JWKS_URL: jwksUrl } = config;
  if (issuer !== undefined && audience !== undefined && jwksUrl !== undefined) return { issuer, audience, jwksUrl };
  if (missing.length === names.length) return undefined;
  throw new ConfigError(missing.map((name) => `${name} is required where one of ${names.join(', ')} is set`));
}
