/**
 * The public interface: run a tunnel client, server or relay in a process of one's own, and what that needs.
 *
 * An *initiator* is a role in the protocol: the end point that sends REQUEST and has a name (wire, crypto, machines, nodes).
 * A *client* is the machine in that role, with its adapter and its configuration (emulators, adapter, tunnel, cli).
 */

export type { Device } from './adapter/interface.ts';
export { encodeKey, generateKeyPair, type KeyPair } from './crypto/identity.ts';
export { Misuse } from './errors.ts';
export type { Host, Stack } from './linux/host.ts';
export { type ClientSurroundings, TunnelClient } from './tunnel/client/client.ts';
export {
  type ClientConfig,
  ConfigurationError,
  configSchema,
  loadConfig,
  parseConfig,
  type RelayConfig,
  type ServerConfig,
} from './tunnel/config/config.ts';
export type { Role } from './tunnel/config/schemas.ts';
export type { Listener, Service, TunnelEvent } from './tunnel/events.ts';
export { createLog, type Level, type Log } from './tunnel/log.ts';
export type { Resolver } from './tunnel/names/resolver.ts';
export { TunnelRelay } from './tunnel/relay/relay.ts';
export type { Surroundings } from './tunnel/reporting.ts';
export { type ServerSurroundings, TunnelServer } from './tunnel/server/server.ts';
export type { ClientStatistics, RelayStatistics, ServerStatistics } from './tunnel/statistics.ts';
export { noTrace, openTrace, type Trace } from './tunnel/trace.ts';
