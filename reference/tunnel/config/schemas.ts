/** The configuration files of the three roles: the same file for a user and for the conformance suite. */
import type { InferOutput } from 'valibot';
import { client } from './client-file.ts';
import { relay } from './relay-file.ts';
import { server } from './server-file.ts';

/** Types by name: written out they would be 200 KB of declarations. */
interface Schemas {
  readonly client: typeof client;
  readonly server: typeof server;
  readonly relay: typeof relay;
}

export const schemas: Schemas = { client, server, relay };
export type Role = keyof typeof schemas;
export type ClientFile = InferOutput<typeof client>;
export type ServerFile = InferOutput<typeof server>;
export type RelayFile = InferOutput<typeof relay>;
