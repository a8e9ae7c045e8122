/** The configuration files of the three roles: the same file for a user and for the conformance suite. */
import { client } from './client-file.ts';
import { relay } from './relay-file.ts';
import type { OutputOf } from './schema.ts';
import { server } from './server-file.ts';

export const schemas = { client, server, relay } as const;
export type Role = keyof typeof schemas;
export type ClientFile = OutputOf<typeof client>;
export type ServerFile = OutputOf<typeof server>;
export type RelayFile = OutputOf<typeof relay>;
