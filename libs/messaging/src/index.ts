export { PARKED_LIMIT, ParkError, PublishError, UnavailableError } from './broker.js';
export type {
  Broker,
  BrokerCounters,
  ConsumeOptions,
  Consumer,
  DeadLetter,
  Delivery,
  Handle,
  HandleDead,
  ParkedChoice,
  ParkedList,
  ParkedMessage,
  QueueState,
  Replayed,
  SubscribeOptions,
} from './broker.js';
export { CLASS_QUEUES, DEFAULT_PREFIX, DELIVERY_LIMIT, QUEUES, WORK_QUEUES } from './topology.js';
export type { WorkQueue } from './topology.js';
export type { RetryPause } from './retry-pause.js';
export { createRabbitBroker } from './rabbit/rabbit-broker.js';
export type { RabbitBrokerOptions } from './rabbit/rabbit-broker.js';
export { deleteTopology } from './rabbit/declare.js';
export { createInProcessBroker } from './in-process/in-process-broker.js';
export type { InProcessBrokerOptions } from './in-process/in-process-broker.js';
export { HandleMessage, PassErrors } from './handle-message.js';
export { DeliveryContext, PlanwrightTransport } from './transport.js';
export type { PlanwrightTransportOptions } from './transport.js';
