/** The DHCP clients that are tried, by their names. */
import { dhclient } from './dhclient.ts';
import { dhcpcd } from './dhcpcd.ts';
import { networkd } from './networkd.ts';
import type { Recipe } from './recipe.ts';
import { udhcpc } from './udhcpc.ts';

export const recipes: Readonly<Record<string, Recipe>> = { udhcpc, dhclient, dhcpcd, networkd };
