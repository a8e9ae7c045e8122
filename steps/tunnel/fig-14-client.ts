/** Steps about the firewall in front of a tunnel server ([EP] fig. 14, 252). */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Given, Then } from '@cucumber/cucumber';
import { patience, within } from '../support/lab/deadlines/deadline.ts';
import { wireDevice } from '../support/lab/networks/namespace.ts';
import { connectInside, ping } from '../support/lab/packets/traffic.ts';
import { tunnelPort } from '../support/peers/configuration.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** A packet filter of routing rules: what they forbid is answered with ICMP, ARP is not IP and passes. */
Given('a firewall that lets in nothing but TCP to the port of tunnels', async function (this: ConformanceWorld) {
  const others = ['icmp', 'udp', 'tcp'].map(
    (protocol) => `rule add pref 11 iif ${wireDevice} ipproto ${protocol} prohibit`,
  );
  await this.lab.ip(
    this.lab.namespace('server'),
    `rule add pref 10 iif ${wireDevice} ipproto tcp dport ${tunnelPort} lookup local`,
    ...others,
    'rule add pref 20 lookup local',
    'rule del pref 0',
  );
});

Then(
  "pings and TCP from the client to the server's address on the wire are refused",
  async function (this: ConformanceWorld) {
    const [namespace, address] = [this.lab.namespace('client'), this.lab.address('server')];
    const { received, output } = await ping({ namespace, destination: address });
    assert.equal(received, 0, output);
    assert.match(output, /filtered/);
    const socket = connectInside(namespace, address, tunnelPort + 1);
    const [error] = await within(patience, 'the refusal', once(socket, 'error'));
    assert.equal(error.code, 'EHOSTUNREACH');
  },
);
