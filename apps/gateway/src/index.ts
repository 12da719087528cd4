export { GatewayModule } from './gateway.module.js';
export type { GatewayParts } from './gateway.module.js';
export { openCatalogue } from './catalogue.js';
export { estimateCost, gatewayFields, modelOffer } from './config.js';
export { createHttpAdapter, HTTP_APP_OPTIONS, prepareHttp } from './http/server.js';
export { requestLimits } from './request-limits/open-request-limits.js';
export { workspaceDir } from './workspace/workspace-files.js';
