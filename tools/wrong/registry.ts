/** Every wrong implementation, by area, and every right but different one. */

import type { Fault } from './fault.ts';
import { acceptance } from './faults/adapter/acceptance.ts';
import { adapter } from './faults/adapter/adapter.ts';
import { combinations } from './faults/adapter/combinations.ts';
import { flows } from './faults/adapter/flows.ts';
import { laterClientData } from './faults/adapter/later-client-data.ts';
import { linkPackets } from './faults/adapter/link-packets.ts';
import { neighbourTable } from './faults/adapter/neighbours.ts';
import { ordinaryDatagrams } from './faults/adapter/ordinary-datagrams.ts';
import { reach } from './faults/adapter/reach.ts';
import { reachOfClients } from './faults/adapter/reach-of-clients.ts';
import { reception } from './faults/adapter/reception.ts';
import { routes } from './faults/adapter/routes.ts';
import { serverAdapter } from './faults/adapter/server-adapter.ts';
import { serverNetworks } from './faults/adapter/server-networks.ts';
import { surroundings } from './faults/adapter/surroundings.ts';
import { switching } from './faults/adapter/switching.ts';
import { arp } from './faults/emulators/arp.ts';
import { dhcpMessages } from './faults/emulators/dhcp.ts';
import { dhcpReplies } from './faults/emulators/dhcp-options.ts';
import { emulators } from './faults/emulators/emulators.ts';
import { hostsAndReplies } from './faults/emulators/hosts-and-replies.ts';
import { localAnswers } from './faults/emulators/local-answers.ts';
import { neighbours } from './faults/emulators/neighbour.ts';
import { routers } from './faults/emulators/router.ts';
import { unusualClientData } from './faults/emulators/unusual-client-data.ts';
import { unusualPackets } from './faults/emulators/unusual-packets.ts';
import { example } from './faults/example.ts';
import { arithmeticOfServers } from './faults/frames/arithmetic-of-servers.ts';
import { bundles } from './faults/frames/bundles.ts';
import { clientData } from './faults/frames/client-data.ts';
import { close } from './faults/frames/close.ts';
import { cutting } from './faults/frames/cutting.ts';
import { data } from './faults/frames/data.ts';
import { dataCorners } from './faults/frames/data-corners.ts';
import { dataFrames } from './faults/frames/data-frames.ts';
import { dataIntegrity } from './faults/frames/data-integrity.ts';
import { dying } from './faults/frames/dying.ts';
import { encodings } from './faults/frames/encodings.ts';
import { ending } from './faults/frames/ending.ts';
import { exchange } from './faults/frames/exchange.ts';
import { farCorners } from './faults/frames/far-corners.ts';
import { formsOfData } from './faults/frames/forms-of-data.ts';
import { frames } from './faults/frames/frames.ts';
import { framesInStates } from './faults/frames/frames-in-states.ts';
import { identifiers } from './faults/frames/identifiers.ts';
import { keeping } from './faults/frames/keeping.ts';
import { laterKeys } from './faults/frames/later-keys.ts';
import { laterRequests } from './faults/frames/later-requests.ts';
import { laterSessions } from './faults/frames/later-sessions.ts';
import { offload } from './faults/frames/offload.ts';
import { partsOfFields } from './faults/frames/parts-of-fields.ts';
import { partsOfValues } from './faults/frames/parts-of-values.ts';
import { rareTurns } from './faults/frames/rare-turns.ts';
import { relayFrames } from './faults/frames/relay-frame.ts';
import { requests } from './faults/frames/requests.ts';
import { secondLooks } from './faults/frames/second-looks.ts';
import { sentBundles } from './faults/frames/sent-bundles.ts';
import { strictAndLax } from './faults/frames/strict-and-lax.ts';
import { threadBundles } from './faults/frames/thread-bundles.ts';
import { vectorFaults } from './faults/frames/vectors.ts';
import { withoutCapabilities } from './faults/frames/without-capabilities.ts';
import { files } from './faults/handshake/files.ts';
import { handshake } from './faults/handshake/handshake.ts';
import { handshakeKeys } from './faults/handshake/handshake-keys.ts';
import { security } from './faults/handshake/security.ts';
import { connecting } from './faults/machines/connecting.ts';
import { descriptors } from './faults/machines/descriptors.ts';
import { forwarding } from './faults/machines/forwarding.ts';
import { halfOpen } from './faults/machines/half-open.ts';
import { initiator } from './faults/machines/initiator.ts';
import { keySchedule } from './faults/machines/key-schedule.ts';
import { laterConnections } from './faults/machines/later-connections.ts';
import { namesAndPlaces } from './faults/machines/names-and-places.ts';
import { namesMetAgain } from './faults/machines/names-met-again.ts';
import { nextNodes } from './faults/machines/next-nodes.ts';
import { places } from './faults/machines/places.ts';
import { relay } from './faults/machines/relay.ts';
import { relayInWaiting } from './faults/machines/relay-in-waiting.ts';
import { relayTunnels } from './faults/machines/relay-tunnels.ts';
import { replay } from './faults/machines/replay.ts';
import { secondConnections } from './faults/machines/second-connections.ts';
import { server } from './faults/machines/server.ts';
import { sharedAndLate } from './faults/machines/shared-and-late.ts';
import { sharesAndTurns } from './faults/machines/shares-and-turns.ts';
import { turnsOfAnOrder } from './faults/machines/turns-of-an-order.ts';
import { unconfirmed } from './faults/machines/unconfirmed.ts';
import { answersByHalves } from './faults/several/answers-by-halves.ts';
import { betweenClients } from './faults/several/between-clients.ts';
import { dataThread } from './faults/several/data-thread.ts';
import { edges } from './faults/several/edges.ts';
import { halvesOfIpv6 } from './faults/several/halves-of-ipv6.ts';
import { judging } from './faults/several/judging.ts';
import { keptState } from './faults/several/kept-state.ts';
import { languages } from './faults/several/languages.ts';
import { letsThrough } from './faults/several/lets-through.ts';
import { narrowFields } from './faults/several/narrow-fields.ts';
import { oddRequestsAndPackets } from './faults/several/odd-requests-and-packets.ts';
import { onceMore } from './faults/several/once-more.ts';
import { outOfTurn } from './faults/several/out-of-turn.ts';
import { passing } from './faults/several/passing.ts';
import { rareCases } from './faults/several/rare-cases.ts';
import { readings } from './faults/several/readings.ts';
import { sealedFields } from './faults/several/sealed-fields.ts';
import { serverPlaces } from './faults/several/server-places.ts';
import { serverTurns } from './faults/several/server-turns.ts';
import { waysOfEnding } from './faults/several/ways-of-ending.ts';
import { transforms } from './faults/transforms/transforms.ts';
import { lockdown } from './faults/tunnel/lockdown.ts';
import { otherInOneThing } from './faults/tunnel/other-in-one-thing.ts';
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
  ...flows,
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
  ...languages,
  ...sharedAndLate,
  ...switching,
  ...nextNodes,
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
