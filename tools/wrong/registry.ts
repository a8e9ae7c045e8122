/** Every wrong implementation, by area, and every right but different one. */

import type { Fault } from './fault.ts';
import { acceptance } from './faults/acceptance.ts';
import { adapter } from './faults/adapter.ts';
import { answersByHalves } from './faults/answers-by-halves.ts';
import { arithmeticOfServers } from './faults/arithmetic-of-servers.ts';
import { arp } from './faults/arp.ts';
import { betweenClients } from './faults/between-clients.ts';
import { bundles } from './faults/bundles.ts';
import { clientData } from './faults/client-data.ts';
import { close } from './faults/close.ts';
import { combinations } from './faults/combinations.ts';
import { connecting } from './faults/connecting.ts';
import { cutting } from './faults/cutting.ts';
import { data } from './faults/data.ts';
import { dataCorners } from './faults/data-corners.ts';
import { dataFrames } from './faults/data-frames.ts';
import { dataIntegrity } from './faults/data-integrity.ts';
import { dataThread } from './faults/data-thread.ts';
import { descriptors } from './faults/descriptors.ts';
import { dhcpMessages } from './faults/dhcp.ts';
import { dhcpReplies } from './faults/dhcp-options.ts';
import { dying } from './faults/dying.ts';
import { edges } from './faults/edges.ts';
import { emulators } from './faults/emulators.ts';
import { encodings } from './faults/encodings.ts';
import { ending } from './faults/ending.ts';
import { example } from './faults/example.ts';
import { exchange } from './faults/exchange.ts';
import { farCorners } from './faults/far-corners.ts';
import { files } from './faults/files.ts';
import { formsOfData } from './faults/forms-of-data.ts';
import { forwarding } from './faults/forwarding.ts';
import { frames } from './faults/frames.ts';
import { framesInStates } from './faults/frames-in-states.ts';
import { halfOpen } from './faults/half-open.ts';
import { halvesOfIpv6 } from './faults/halves-of-ipv6.ts';
import { handshake } from './faults/handshake.ts';
import { handshakeKeys } from './faults/handshake-keys.ts';
import { hostsAndReplies } from './faults/hosts-and-replies.ts';
import { identifiers } from './faults/identifiers.ts';
import { initiator } from './faults/initiator.ts';
import { judging } from './faults/judging.ts';
import { keeping } from './faults/keeping.ts';
import { keptState } from './faults/kept-state.ts';
import { keySchedule } from './faults/key-schedule.ts';
import { laterClientData } from './faults/later-client-data.ts';
import { laterConnections } from './faults/later-connections.ts';
import { laterKeys } from './faults/later-keys.ts';
import { laterRequests } from './faults/later-requests.ts';
import { laterSessions } from './faults/later-sessions.ts';
import { letsThrough } from './faults/lets-through.ts';
import { linkPackets } from './faults/link-packets.ts';
import { localAnswers } from './faults/local-answers.ts';
import { lockdown } from './faults/lockdown.ts';
import { namesAndPlaces } from './faults/names-and-places.ts';
import { namesMetAgain } from './faults/names-met-again.ts';
import { narrowFields } from './faults/narrow-fields.ts';
import { neighbours } from './faults/neighbour.ts';
import { neighbourTable } from './faults/neighbours.ts';
import { oddRequestsAndPackets } from './faults/odd-requests-and-packets.ts';
import { offload } from './faults/offload.ts';
import { onceMore } from './faults/once-more.ts';
import { ordinaryDatagrams } from './faults/ordinary-datagrams.ts';
import { otherInOneThing } from './faults/other-in-one-thing.ts';
import { outOfTurn } from './faults/out-of-turn.ts';
import { partsOfFields } from './faults/parts-of-fields.ts';
import { partsOfValues } from './faults/parts-of-values.ts';
import { passing } from './faults/passing.ts';
import { places } from './faults/places.ts';
import { rareCases } from './faults/rare-cases.ts';
import { rareTurns } from './faults/rare-turns.ts';
import { reach } from './faults/reach.ts';
import { reachOfClients } from './faults/reach-of-clients.ts';
import { readings } from './faults/readings.ts';
import { reception } from './faults/reception.ts';
import { relay } from './faults/relay.ts';
import { relayFrames } from './faults/relay-frame.ts';
import { relayInWaiting } from './faults/relay-in-waiting.ts';
import { relayTunnels } from './faults/relay-tunnels.ts';
import { replay } from './faults/replay.ts';
import { requests } from './faults/requests.ts';
import { routers } from './faults/router.ts';
import { routes } from './faults/routes.ts';
import { sealedFields } from './faults/sealed-fields.ts';
import { secondConnections } from './faults/second-connections.ts';
import { secondLooks } from './faults/second-looks.ts';
import { security } from './faults/security.ts';
import { sentBundles } from './faults/sent-bundles.ts';
import { server } from './faults/server.ts';
import { serverAdapter } from './faults/server-adapter.ts';
import { serverNetworks } from './faults/server-networks.ts';
import { serverPlaces } from './faults/server-places.ts';
import { serverTurns } from './faults/server-turns.ts';
import { sharesAndTurns } from './faults/shares-and-turns.ts';
import { strictAndLax } from './faults/strict-and-lax.ts';
import { surroundings } from './faults/surroundings.ts';
import { threadBundles } from './faults/thread-bundles.ts';
import { transforms } from './faults/transforms.ts';
import { turnsOfAnOrder } from './faults/turns-of-an-order.ts';
import { unconfirmed } from './faults/unconfirmed.ts';
import { unusualClientData } from './faults/unusual-client-data.ts';
import { unusualPackets } from './faults/unusual-packets.ts';
import { vectorFaults } from './faults/vectors.ts';
import { waysOfEnding } from './faults/ways-of-ending.ts';
import { withoutCapabilities } from './faults/without-capabilities.ts';
import { encodingChoices } from './right/encodings.ts';
import { frameChoices } from './right/frames.ts';
import { hostChoices } from './right/host.ts';
import { localStackChoices } from './right/local-stack.ts';
import { machineChoices } from './right/machines.ts';
import { minimal } from './right/minimal.ts';
import { offloadChoices } from './right/offload.ts';
import { paceChoices } from './right/pace.ts';
import { programChoices } from './right/program.ts';
import { otherReadings } from './right/readings.ts';
import { sendingChoices } from './right/sending.ts';
import { socketChoices } from './right/sockets.ts';
import { virtualLanChoices } from './right/virtual-lan.ts';
import { wireChoices } from './right/wire.ts';
import type { Right } from './right.ts';

export const registry: readonly Fault[] = [
  ...frames,
  ...framesInStates,
  ...identifiers,
  ...relayFrames,
  ...requests,
  ...bundles,
  ...sentBundles,
  ...offload,
  ...cutting,
  ...clientData,
  ...handshake,
  ...handshakeKeys,
  ...keySchedule,
  ...data,
  ...dataIntegrity,
  ...dataThread,
  ...threadBundles,
  ...keeping,
  ...surroundings,
  ...transforms,
  ...vectorFaults,
  ...close,
  ...ending,
  ...dying,
  ...initiator,
  ...server,
  ...relay,
  ...descriptors,
  ...adapter,
  ...replay,
  ...halfOpen,
  ...serverAdapter,
  ...reception,
  ...routes,
  ...acceptance,
  ...lockdown,
  ...arp,
  ...dhcpMessages,
  ...dhcpReplies,
  ...neighbours,
  ...neighbourTable,
  ...routers,
  ...security,
  ...files,
  ...withoutCapabilities,
  ...readings,
  ...keptState,
  ...narrowFields,
  ...rareCases,
  ...encodings,
  ...example,
  ...exchange,
  ...dataFrames,
  ...connecting,
  ...forwarding,
  ...places,
  ...reach,
  ...linkPackets,
  ...emulators,
  ...judging,
  ...unconfirmed,
  ...passing,
  ...laterConnections,
  ...laterClientData,
  ...localAnswers,
  ...waysOfEnding,
  ...letsThrough,
  ...serverNetworks,
  ...serverPlaces,
  ...relayInWaiting,
  ...formsOfData,
  ...laterKeys,
  ...outOfTurn,
  ...combinations,
  ...edges,
  ...betweenClients,
  ...namesAndPlaces,
  ...serverTurns,
  ...reachOfClients,
  ...relayTunnels,
  ...sealedFields,
  ...dataCorners,
  ...onceMore,
  ...unusualClientData,
  ...unusualPackets,
  ...sharesAndTurns,
  ...oddRequestsAndPackets,
  ...hostsAndReplies,
  ...strictAndLax,
  ...ordinaryDatagrams,
  ...otherInOneThing,
  ...turnsOfAnOrder,
  ...secondConnections,
  ...partsOfValues,
  ...answersByHalves,
  ...rareTurns,
  ...farCorners,
  ...halvesOfIpv6,
  ...laterRequests,
  ...arithmeticOfServers,
  ...secondLooks,
  ...partsOfFields,
  ...namesMetAgain,
  ...laterSessions,
];

/** Every right but different implementation. */
export const rightRegistry: readonly Right[] = [
  ...minimal,
  ...frameChoices,
  ...machineChoices,
  ...virtualLanChoices,
  ...offloadChoices,
  ...programChoices,
  ...otherReadings,
  ...socketChoices,
  ...sendingChoices,
  ...localStackChoices,
  ...wireChoices,
  ...paceChoices,
  ...hostChoices,
  ...encodingChoices,
];
