export { newId } from './ids.js';
export { nowIso, systemClock } from './clock.js';
export type { Clock } from './clock.js';
export { childTraceparent, newTraceparent } from './trace-context.js';
export { createLogger, LOG_LEVELS, nestLogger, withoutCredentials } from './logger.js';
export type { Logger, LogLevel } from './logger.js';
export { defineField } from './config/field.js';
export type { Field, FieldMeta, FieldOptions, FieldValue } from './config/field.js';
export {
  choiceField,
  choicesField,
  durationMsField,
  installationFields,
  integerField,
  jsonField,
  portField,
  processFields,
  secretField,
  textField,
  urlField,
} from './config/fields.js';
export { authFields, authMode } from './config/auth.js';
export { isLocalRequest } from './config/local-request.js';
export { jwtFields, jwtSettings } from './config/jwt.js';
export { readSecretsKeys, secretsFields, warnUnsealed } from './config/secrets.js';
export { AccessRefused } from './access/access-refused.js';
export { createTokenVerifier } from './access/jwt.js';
export type { JwtSettings, TokenBearer, VerifyToken } from './access/jwt.js';
export { corsHeaders, mayOpenSocket, originFields, preflightHeaders } from './access/origins.js';
export type { AllowedOrigins } from './access/origins.js';
export { SECURITY_HEADERS, transportHeaders } from './access/security-headers.js';
export { withoutSecrets } from './access/secrets.js';
export { ConfigError, describeConfig, readConfig } from './config/read-config.js';
export type { ConfigRow } from './config/read-config.js';
export { BootError, bootSentence } from './process/boot-error.js';
export { runMain } from './process/run-main.js';
export { onShutdown } from './process/shutdown.js';
export type { Shutdown, ShutdownOptions } from './process/shutdown.js';
export { answerOnSocket } from './http/answer-on-socket.js';
export { Metrics } from './metrics.js';
export { HealthRegistry } from './health/health-registry.js';
export type { CheckResult, HealthReport } from './health/health-registry.js';
export { startHealthServer } from './health/health-server.js';
export type { HealthServer } from './health/health-server.js';
export { connectRedis, redisSettings } from './redis-connection.js';
export type { RedisConnection } from './redis-connection.js';
