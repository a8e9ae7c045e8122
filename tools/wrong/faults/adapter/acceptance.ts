/** What of the client data takes effect, and stays so during the session. */
import type { Fault } from '../../fault.ts';

export const acceptance: readonly Fault[] = [
  // ADP-16 to ADP-20: what the user accepts.
  {
    id: 'client-mtu-ignored',
    breaks: ['ADP-16'],
    roles: ['client'],
    does: 'The MTU of the client data is ignored.',
    file: 'reference/adapter/adapter.ts',
    change: ['if (activation.mtu !== undefined) this.#device.setMtu(activation.mtu);', ''],
  },
  {
    id: 'client-mtu-less-overhead',
    breaks: ['ADP-16'],
    roles: ['client'],
    does: 'The adapter takes the MTU of the client data less the octets of an Ethernet header.',
    file: 'reference/adapter/adapter.ts',
    change: ['this.#device.setMtu(activation.mtu);', 'this.#device.setMtu(activation.mtu - 14);'],
  },
  {
    id: 'client-mtu-of-before-stays',
    breaks: ['ADP-22'],
    roles: ['client'],
    does: 'Reconnect that brings another MTU leaves that of the adapter as it is.',
    file: 'reference/adapter/adapter.ts',
    change: ['if (activation.mtu !== undefined) this', 'if (activation.mtu !== undefined && !renew) this'],
  },
  {
    id: 'client-accepts-any-prefix-ipv4',
    breaks: ['ADP-17'],
    roles: ['client'],
    does: 'IPv4 routes outside the prefixes that the user accepts are installed.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: ['if (!prefixes.some(', "if (prefix.address.includes(':') && !prefixes.some("],
  },
  {
    id: 'client-accepts-any-prefix-ipv6',
    breaks: ['ADP-17'],
    roles: ['client'],
    does: 'IPv6 routes outside the prefixes that the user accepts are installed.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: ['if (!prefixes.some(', "if (!prefix.address.includes(':') && !prefixes.some("],
  },
  {
    id: 'client-accepts-wider-routes',
    breaks: ['ADP-17'],
    roles: ['client'],
    does: 'A route that is wider than a prefix that the user accepts is installed.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: [
      'prefixes.some((outer) => contains(outer, prefix))',
      'prefixes.some((outer) => contains(outer, prefix) || contains(prefix, outer))',
    ],
  },
  {
    id: 'client-accepts-exact-prefixes-only',
    breaks: ['ADP-11', 'ADP-17'],
    roles: ['client'],
    does: 'Only routes that equal a prefix that the user accepts are installed.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: [
      'prefixes.some((outer) => contains(outer, prefix))',
      'prefixes.some((outer) => outer.length === 0 || prefixText(outer) === prefixText(prefix))',
    ],
  },
  {
    id: 'client-dhcp-hands-out-refused-routes',
    breaks: ['ADP-17'],
    roles: ['client'],
    does: 'Routes that the user does not accept are not installed, but handed out by DHCP.',
    file: 'reference/tunnel/client/client-adapter.ts',
    change: [
      'if (accepted !== undefined) return accepted;',
      'if (accepted !== undefined) this.offered = toNetworkSettings(clientData);\n    if (accepted !== undefined) return accepted;',
    ],
    more: [
      {
        file: 'reference/tunnel/client/client-adapter.ts',
        change: [
          'clientActivation(this.#withMtu(settings)',
          'clientActivation(this.#withMtu({ ...settings, routes: this.offered.routes.filter(({ length }) => length > 0) })',
        ],
      },
    ],
  },
  {
    id: 'client-dhcp-hands-out-the-refused-default-route',
    breaks: ['ADP-18'],
    roles: ['client'],
    does: 'A default route that the user does not accept is not installed, but handed out by DHCP.',
    file: 'reference/tunnel/client/client-adapter.ts',
    change: [
      'if (accepted !== undefined) return accepted;',
      'if (accepted !== undefined) this.offered = toNetworkSettings(clientData);\n    if (accepted !== undefined) return accepted;',
    ],
    more: [
      {
        file: 'reference/tunnel/client/client-adapter.ts',
        change: [
          'clientActivation(this.#withMtu(settings)',
          'clientActivation(this.#withMtu({ ...settings, routes: [...settings.routes, ...this.offered.routes.filter(({ length }) => length === 0)] })',
        ],
      },
    ],
  },
  {
    id: 'client-default-route-unasked-ipv4',
    breaks: ['ADP-18'],
    roles: ['client'],
    does: 'An IPv4 default route is installed though the user accepts none.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: ['return defaultRoute ? undefined', "return defaultRoute || !prefix.address.includes(':') ? undefined"],
  },
  {
    id: 'client-default-route-unasked-ipv6',
    breaks: ['ADP-18'],
    roles: ['client'],
    does: 'An IPv6 default route is installed though the user accepts none.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: ['return defaultRoute ? undefined', "return defaultRoute || prefix.address.includes(':') ? undefined"],
  },
  {
    id: 'client-default-route-never',
    breaks: ['ADP-11', 'ADP-13'],
    roles: ['client'],
    does: 'A default route is refused though the user accepts one.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: ['return defaultRoute ? undefined', 'return defaultRoute && !prefixes ? undefined'],
  },
  {
    id: 'client-dns-unasked',
    breaks: ['ADP-19'],
    roles: ['client'],
    does: 'IPv4 DNS servers are handed out though the user accepts none.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: [
      'this.#accept.dns ? this.#faultOfServer',
      "this.#accept.dns || !server.includes(':') ? this.#faultOfServer",
    ],
  },
  {
    id: 'client-dns6-unasked',
    breaks: ['ND-09'],
    roles: ['client'],
    does: 'IPv6 DNS servers are advertised though the user accepts none.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: [
      'this.#accept.dns ? this.#faultOfServer',
      "this.#accept.dns || server.includes(':') ? this.#faultOfServer",
    ],
  },
  {
    id: 'routes-around-a-connected-subnet-refused',
    breaks: ['CD-07'],
    roles: ['client'],
    does: 'A route that holds a subnet to which the client is connected is refused, too.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: ['find((own) => contains(own, prefix))', 'find((own) => contains(own, prefix) || contains(prefix, own))'],
  },
  {
    id: 'client-takes-any-address',
    breaks: ['ADP-20'],
    roles: ['client'],
    does: 'The address for the client is not judged.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: ["judgement.passes('address (50)', judgement.faultOfOwn(lan)),", ''],
  },
  {
    id: 'client-takes-a-reserved-address',
    breaks: ['ADP-20'],
    roles: ['client'],
    does: 'An address for the client that is loopback or link-local is taken, where the subnet is no obstacle.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: [
      "judgement.passes('address (50)', judgement.faultOfOwn(lan)),",
      "judgement.passes('address (50)', faultOfSubnet(lan, connected)),",
    ],
  },
  {
    id: 'client-takes-a-connected-subnet',
    breaks: ['ADP-20'],
    roles: ['client'],
    does: 'A virtual LAN that is a subnet of the machine is taken.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: [
      "judgement.passes('address (50)', judgement.faultOfOwn(lan)),",
      "judgement.passes('address (50)', faultOfHost(address)),",
    ],
  },
  {
    id: 'client-takes-any-server-address',
    breaks: ['ADP-20'],
    roles: ['client'],
    does: "The server's own address is not judged.",
    file: 'reference/tunnel/client/acceptance.ts',
    change: ["judgement.passes('server address (54)', faultOfHost(serverAddress) ?? outside(serverAddress, lan)),", ''],
  },
  {
    id: 'client-takes-a-server-outside-the-lan',
    breaks: ['ADP-20'],
    roles: ['client'],
    does: "A server's own address outside the virtual LAN is taken.",
    file: 'reference/tunnel/client/acceptance.ts',
    change: ['faultOfHost(serverAddress) ?? outside(serverAddress, lan)', 'faultOfHost(serverAddress)'],
  },
  {
    id: 'client-stays-without-adapter',
    breaks: ['ADP-20'],
    roles: ['client'],
    does: 'Client data that makes no adapter does not end the session.',
    file: 'reference/tunnel/client/client.ts',
    change: [
      "      this.#error(error);\n      this.#begin('end session');\n      return;",
      '      this.#error(error);\n      return;',
    ],
  },
  {
    id: 'client-adapter-for-a-moment',
    breaks: ['ADP-20', 'RESP-10'],
    roles: ['client'],
    does: 'Client data that is refused makes an adapter for a moment.',
    file: 'reference/tunnel/client/client.ts',
    change: [
      '      this.#refused = true;',
      `      const device = await this.#host.openDevice(this.#config.adapter.name);
      device.setUp(true);
      setTimeout(() => void device.close(), 300);
      this.#refused = true;`,
    ],
  },
  // ADP-21, ADP-22, ADP-27: the routes during the session.
  {
    id: 'client-repairs-nothing',
    breaks: ['ADP-21'],
    roles: ['client'],
    does: 'A route that somebody removes stays away.',
    file: 'reference/linux/routing/local-stack.ts',
    change: ['          await this.#routes.repair(admit);\n', ''],
  },
  {
    id: 'client-repairs-no-ipv6',
    breaks: ['ADP-21'],
    roles: ['client'],
    does: 'An IPv6 route that somebody removes stays away.',
    file: 'reference/linux/routing/routes.ts',
    change: ['for (const six of [false, true]) {', 'for (const six of [false]) {'],
  },
  {
    id: 'client-repairs-once',
    breaks: ['ADP-21'],
    roles: ['client'],
    does: 'A route that somebody removes is put back once.',
    file: 'reference/linux/routing/repair-limit.ts',
    change: ['const limit = 5;', 'const limit = 1;'],
  },
  {
    id: 'client-repairs-for-ever',
    breaks: ['ADP-27'],
    roles: ['client'],
    does: 'A route that somebody removes again and again is put back for ever.',
    file: 'reference/linux/routing/repair-limit.ts',
    change: ['if (recent.length < limit) {', 'if (recent.length >= 0) {'],
  },
  {
    id: 'client-tells-nobody-of-the-contest',
    breaks: ['ADP-27'],
    roles: ['client'],
    does: 'The user is not told which route is left alone.',
    file: 'reference/linux/routing/repair-limit.ts',
    change: ['    this.#contested(object);\n', ''],
  },
  {
    id: 'client-carrier-stays-on',
    breaks: ['ADP-22'],
    roles: ['client'],
    does: "Other client data does not toggle the adapter's carrier.",
    file: 'reference/adapter/adapter.ts',
    change: ['    if (renew) this.#device.setCarrier(false);\n', ''],
    more: [{ file: 'reference/adapter/adapter.ts', change: ['    if (renew) this.#device.setCarrier(true);\n', ''] }],
  },
  {
    id: 'client-routes-of-before-stay',
    breaks: ['ADP-22'],
    roles: ['client'],
    does: 'The routes of former client data stay beside those of the new.',
    file: 'reference/linux/routing/routes.ts',
    change: [
      '        if (!wanted.some((entry) => prefixText(entry) === prefixText(old))) await this.#remove(old);',
      '        void old;',
    ],
  },
  {
    id: 'client-new-routes-left-out',
    breaks: ['ADP-22'],
    roles: ['client'],
    does: 'The routes of other client data are not installed.',
    file: 'reference/linux/routing/local-stack.ts',
    change: [
      'if (!isDeepStrictEqual(all, this.#installed?.routes))',
      'if (this.#installed === undefined || routes.length === 0 || this.#installed.routes.length === 0)',
    ],
  },
  {
    id: 'client-address-of-before-stays',
    breaks: ['ADP-22', 'CD-10'],
    roles: ['client'],
    does: 'The IPv4 address of former client data stays.',
    file: 'reference/linux/routing/local-stack.ts',
    change: [
      'if (!addresses.some((wanted) => prefixText(wanted) === prefixText(old)))',
      "if (old.address.includes(':') && !addresses.some((wanted) => prefixText(wanted) === prefixText(old)))",
    ],
  },
  {
    id: 'client-ipv6-address-of-before-stays',
    breaks: ['ADP-22', 'CD-10'],
    roles: ['client'],
    does: 'The IPv6 address of former client data stays.',
    file: 'reference/linux/routing/local-stack.ts',
    change: [
      'if (!addresses.some((wanted) => prefixText(wanted) === prefixText(old)))',
      "if (!old.address.includes(':') && !addresses.some((wanted) => prefixText(wanted) === prefixText(old)))",
    ],
    equivalent:
      'the former /64 is advertised with lifetimes of 0, so that the kernel prefers its address no more; a deprecated address may stay (RFC 4862 §5.5.4)',
  },
  {
    id: 'client-reconnect-makes-the-adapter-anew',
    breaks: ['INI-10', 'INI-22'],
    roles: ['client'],
    does: 'Each connection makes the adapter anew.',
    file: 'reference/tunnel/client/client-adapter.ts',
    change: [
      '    const { name: wanted } = this.#config.adapter;',
      `    const former = this.#open;
    this.#open = {};
    await former.stack?.close();
    await former.adapter?.close();
    const { name: wanted } = this.#config.adapter;`,
    ],
  },
  {
    id: 'client-reconnect-takes-the-routes-away',
    breaks: ['INI-10', 'INI-22'],
    roles: ['client'],
    does: 'While there is no connection the routes of the tunnel are gone.',
    file: 'reference/tunnel/client/client-adapter.ts',
    change: [
      '      this.#open.wanted = { ...this.#open.wanted, firstHops };\n      await this.#open.stack?.configure(this.#open.wanted);',
      '      await this.#open.stack?.configure({ ...this.#open.wanted, routes: [], firstHops });',
    ],
  },
];
