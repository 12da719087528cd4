export { GatewayModule } from './gateway.module.js';
export type { GatewayParts } from './gateway.module.js';
export { estimateCost, gatewayFields, modelOffer } from './config.js';
export { createHttpAdapter, HTTP_APP_OPTIONS, prepareHttp } from './http/server.js';
