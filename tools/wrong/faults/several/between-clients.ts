/** Servers that use what is one tunnel client's for another one, or for a later session ([EP] fig. 14). */
import { type Fault, ofSeveral } from '../../fault.ts';

const IN = 'reference/datapath/inward.ts';
const OU = 'reference/datapath/outward.ts';
const TH = 'reference/datapath/thread.ts';
const DT = 'reference/tunnel/server/data-thread.ts';
const TS = 'reference/tunnel/server/tables.ts';
const SA = 'reference/tunnel/server/server-adapter.ts';
const SV = 'reference/tunnel/server/server.ts';
const TB = 'reference/tunnel/server/table.ts';
const RP = 'reference/adapter/receive-path.ts';

const forgotten = '    this.#adapter.remove(tunnel).catch((error: unknown) => this.#error(error));\n';
const forgetLater = (when: string): string =>
  `    const forget = () => void this.#adapter.remove(tunnel).catch((error) => this.#error(error));\n    if (${when}) setTimeout(forget, 5_000).unref();\n    else forget();\n`;

// biome-ignore format: a table, one line for each change
export const betweenClients: readonly Fault[] = ofSeveral({
  'destination-judged-once': ['ADP-09 ADP-39', 'server', 'Once a datagram of a client has passed, the destination of no later one from the same address is judged.',
    [TS, '  const switchboard = new', '  const known = new Map();\n  const switchboard = new'],
    [TS, '      !configuresLink(datagram) && switchboard.permits(client, source, destination),', '      !configuresLink(datagram) &&\n      (known.get(client)?.has(source.toHex()) ||\n        (switchboard.permits(client, source, destination) &&\n          known.set(client, (known.get(client) ?? new Set()).add(source.toHex())) !== undefined)),']],
  'bundle-judged-by-its-first': ['BUN-05 ADP-08', 'server', 'Of a bundle the addresses of the first datagram decide whether all pass.',
    [SA, '    const delivered = this.#adapter?.deliver(datagram, client?.permits ?? nothing, offload) ?? false;', '    const judged = client?.frame === datagram.buffer && client.passes;\n    const delivered = this.#adapter?.deliver(datagram, judged ? () => true : (client?.permits ?? nothing), offload) ?? false;\n    if (client !== undefined && client.frame !== datagram.buffer) Object.assign(client, { frame: datagram.buffer, passes: delivered });']],
  'thread-bundle-judged-by-its-first': ['BUN-05 ADP-08', 'server', 'Of a bundle the thread judges the addresses of the first datagram alone.',
    [IN, 'this.#deliver(tunnel, adapter, from, length, undefined);', 'this.#deliver(tunnel, adapter, from, length, undefined, from > at);'],
    [IN, 'length: number, offload: Offload | undefined): void', 'length: number, offload: Offload | undefined, judged?: boolean): void'],
    [IN, '    if (!tunnel.permitted.has(', '    if (judged !== true && !tunnel.permitted.has(']],
  'unfinished-unjudged': ['ADP-08 ADP-37 ADP-39', 'server', 'The addresses of a datagram that lacks something are not judged.',
    [RP, '    if (!permits(', '    if (offload === undefined && !permits(']],
  'thread-unfinished-unjudged': ['ADP-08 ADP-37 ADP-39', 'server', 'The thread does not judge the addresses of a datagram that lacks something.',
    [IN, '    if (!tunnel.permitted.has(', '    if (offload === undefined && !tunnel.permitted.has(']],
  'partial-frame-lost-for-another-client': ['FRAME-05', 'server', 'The beginning of a frame is lost when octets of another client come before the rest of it.',
    [IN, '    this.release();\n    this.#owner = tunnel;', '    this.#owner = tunnel;\n    this.#start = 0;']],
  'unsent-overwritten-by-another-client': ['ADP-32 FRAME-01', 'server', 'What waits for the socket of one client is overwritten by what is sealed for another.',
    [OU, 'tunnel.unsent = this.#routes.shared && rest.buffer === this.#slab.octets.buffer ? rest.slice() : rest;', 'tunnel.unsent = rest;']],
  'bundle-of-two-clients': ['ADP-10 BUN-06', 'server', 'A datagram for one client shares the frame of the datagram before it, which is for another.',
    [OU, '    if (this.#run?.tunnel.id !== id) this.#send();', '    const other = this.#run !== undefined && this.#run.tunnel.id !== id ? this.#run : undefined;\n    if (other !== undefined && offload === undefined && this.#joins(other, length, counted ?? length)) return;\n    if (this.#run?.tunnel.id !== id) this.#send();']],
  'options-of-the-first-client': ['DATA-06 BUN-01 OFF-05', 'server', 'The thread goes by the options of the first client for all.',
    [TH, '    const tunnel = new LentTunnel(loan, this.#evp);', '    this.options ??= loan.dataOptions;\n    const tunnel = new LentTunnel({ ...loan, dataOptions: this.options }, this.#evp);'],
    [TH, '  #stopped = false;', '  #stopped = false;\n  options: number | undefined;']],
  'bounds-of-the-first-client': ['SRV-20', 'server', 'The thread goes by the bounds of the key of the first client for all.',
    [TH, '    const tunnel = new LentTunnel(loan, this.#evp);', '    this.bounds ??= loan.bounds;\n    const tunnel = new LentTunnel({ ...loan, bounds: this.bounds }, this.#evp);'],
    [TH, '  #stopped = false;', '  #stopped = false;\n  bounds: Loan["bounds"] | undefined;']],
  'client-beside-others-gets-nothing': ['ADP-25', 'server', 'A client that the thread does not carry gets nothing while the thread carries others.',
    [OU, 'if (tunnel === undefined) this.#pass(length);', "if (tunnel === undefined) this.#counts.add('noTunnel');"]],
  'work-forgotten-beside-others': ['OFF-05', 'server', 'What the local stack left to do for a client that the thread does not carry is forgotten while the thread carries others.',
    [TH, '    this.#process.report({ report: \'frame\', frame: octets.slice() });', "    this.#process.report({ report: 'frame', frame: octets.slice().fill(0, 0, before) });"]],
  'others-forgotten-when-one-leaves': ['ADP-25 SRV-24', 'server', 'When one client leaves, the thread knows the addresses of no other any more.',
    [DT, '      if (addresses === undefined) return;', '      if (addresses === undefined) {\n        for (const other of clients.values()) switchboard.remove(other);\n        clients.clear();\n        return;\n      }']],
  'network-of-two-goes-with-the-later': ['ADP-24 ADP-31', 'server', 'A network that is behind two clients is behind nobody once the later one of them has left.',
    [TB, '    this.#networks = [...added, ...this.#networks].sort(', '    const isAdded = ({ network: { first, length } }: { network: Network }) =>\n      added.some(({ network }) => network.length === length && network.first.toHex() === first.toHex());\n    this.#networks = [...added, ...this.#networks.filter((one) => !isAdded(one))].sort(']],
  'route-of-two-goes-with-one': ['ADP-24', 'server', 'The route to a network that is behind two clients goes when one of them leaves.',
    [SA, '    this.#switchboard.remove(client);', '    this.#switchboard.remove(client);\n    const again = [...this.#clients.values()].some((other) => other.name === name);\n    this.gone = again ? undefined : new Set(addresses.networks.map(prefixText));'],
    [SA, '.flatMap(({ addresses }) => addresses.networks);', '.flatMap(({ addresses }) => addresses.networks).filter((one) => !this.gone?.has(prefixText(one)));'],
    [SA, '    this.#switchboard.add(client, addresses);', '    this.gone = undefined;\n    this.#switchboard.add(client, addresses);'],
    [SA, '  #stack: Stack | undefined;', '  #stack: Stack | undefined;\n  gone: Set<string> | undefined;']],
  'client-kept-after-a-break': ['ADP-10 ARP-11 ND-13', 'server', 'A client whose connection broke counts as connected for 5 s more.',
    [SV, forgotten, forgetLater('tunnel.broken')],
    [SV, '      const { cause } = effect;', "      const { cause } = effect;\n      Object.assign(tunnel, { broken: cause.by === 'network' });"]],
  'client-kept-while-its-key-is-renewed': ['ADP-10 ARP-11 ND-13', 'server', 'A client that said *key expired* counts as connected for 5 s more.',
    [SV, forgotten, forgetLater('tunnel.renews')],
    [SV, '      const { cause } = effect;', "      const { cause } = effect;\n      Object.assign(tunnel, { renews: cause.by === 'peer' && cause.status === 2 });"]],
  'address-inherited-by-the-unconfirmed': ['ARP-11 SRV-16', 'server', 'When a session ends, its address leads to another one of its name, confirmed or not.',
    [SV, "if (name !== undefined && this.#confirmed.get(name) === tunnel) this.#confirmed.delete(name);", "if (name !== undefined && this.#confirmed.get(name) === tunnel) {\n      this.#confirmed.delete(name);\n      const heir = [...this.#tunnels.open].find((one) => one !== tunnel && one.session?.name === name);\n      const addresses = heir?.session && this.#policy.addressesOf(heir.session);\n      if (heir && addresses) this.#adapter.add(heir, name, addresses).catch(() => {});\n    }"]],
  'newer-waits-for-the-older': ['SRV-18 ADP-25', 'server', 'A newer session of a name gets its address once the connection of the older one is over, not before.',
    [SV, '    if (addresses !== undefined) this.#add(tunnel, session, addresses);', '    const begin = () => addresses !== undefined && this.#add(tunnel, session, addresses);\n    if (older === undefined) begin();\n    else Object.assign(older, { heir: begin });'],
    [SV, '    this.#tunnels.ended(tunnel);', '    this.#tunnels.ended(tunnel);\n    tunnel.heir?.();']],
});
