/** The configuration files of the three roles: the same file for a user and for the conformance suite. */
import type { z } from 'zod';
import { client } from './client-file.ts';
import { relay } from './relay-file.ts';
import { server } from './server-file.ts';

export const schemas = { client, server, relay } as const;
export type Role = keyof typeof schemas;
export type ClientFile = z.output<typeof client>;
export type ServerFile = z.output<typeof server>;
export type RelayFile = z.output<typeof relay>;
