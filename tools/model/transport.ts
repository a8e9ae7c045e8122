/**
 * The transport of the model in Promela: links of two ends, streams of frames with FIN in its place among them, RST that
 * may overtake them. End e writes `wire[e]` and reads `wire[e ^ 1]`; the upper end, nearer to the initiator, is even.
 */
import { type Assertion, assertions, numberOf } from './properties.ts';
import { nodeCount, type Setup } from './setups.ts';

/** What passes on a link, with its number in the model and its name in a ladder. */
const frames = {
  RELAY: 'RELAY',
  REQUEST: 'REQUEST',
  RESPONSE: 'RESPONSE',
  DATA: 'DATA',
  CLOSE: 'CLOSE',
  KEYED: 'keyed CLOSE',
  FIN: 'FIN',
} as const;

/** How a ladder calls a frame, by its number in the model, from 1. */
export const frameText = (number: number): string => Object.values(frames)[number - 1] ?? '?';

/** Macros, arrays and inline statements that the processes use. */
export function transport(setup: Setup): string {
  const { relays, chains, harm } = setup;
  // One more chain than there are: where nobody is, what is written is lost.
  const links = chains * (relays + 1) + 1;
  const nodes = nodeCount(setup);
  return `
#define NONE ${chains}
#define STRIDE ${2 * (relays + 1)}
${Object.keys(frames)
  .map((name, index) => `#define ${name} ${index + 1}`)
  .join('\n')}
${(Object.keys(assertions) as Assertion[]).map((name) => `#define ${name} ${numberOf(name)}`).join('\n')}

/* What end e has written and nobody has read: a frame in each four bits, the first one lowest. */
int wire[${2 * links}];
/* Of each end: it exists; a RST is on its way to it; it has shut down writing; it has written a CLOSE; it has read FIN;
   a CLOSE that counts was read from it. */
bit open[${2 * links}], rst[${2 * links}], fin[${2 * links}], last[${2 * links}], ended[${2 * links}], got[${2 * links}];
/* Of each link: being connected; nothing passes any more, and nobody is told; octets that are no frame keep silence away. */
bit syn[${links}], cut[${links}], dribble[${links}];
/* Of each chain and direction: a frame is missing, so that nothing keyed after it verifies. */
bit torn[${2 * chains}];
/* Of each chain: a valid DATA frame of the initiator has come; the server has performed confirm; it is displaced. */
bit proved[${chains}], confirmed[${chains}], displaced[${chains}];
byte harm = ${harm};
/* The chain that the initiator uses, and whether it is connecting. */
byte cur = NONE;
bit opening, stopped;
/* From now on nobody gives orders, and nobody does harm. */
bit calm;
/* The frame that was read; 0 between steps. */
int f;

/* Of each node. */
byte st[${nodes}], raised[${nodes}], due[${nodes}];
bit timer[${nodes}], keyed[${nodes}], sends[${nodes}], left[${nodes}], disc[${nodes}];

#define HARM (harm > 0 && !calm)
#define head(e) (wire[(e) ^ 1] & 15)
#define unit(x) ((x) == 0 -> 1 : ((x) < 16 -> 16 : ((x) < 256 -> 256 : ((x) < 4096 -> 4096 : ((x) < 65536 -> 65536 : ((x) < 1048576 -> 1048576 : 16777216))))))
#define passes(e) (open[(e) ^ 1] && !rst[e] && !cut[(e) / 2])

inline must(condition, property) {
  if
  :: !(condition) -> printf("@fail %d\\n", property); assert(false)
  :: else
  fi
}
inline take(me, e) { f = head(e); wire[(e) ^ 1] = wire[(e) ^ 1] >> 4; printf("@read %d %d %d\\n", me, e, f) }

/* An end has gone. Once both have, the link is as new. */
inline gone(e) {
  open[e] = 0; rst[e] = 0; wire[(e) ^ 1] = 0; fin[e] = 0; last[e] = 0; ended[e] = 0; got[e] = 0;
  if
  :: !open[(e) ^ 1] -> wire[e] = 0; cut[(e) / 2] = 0; dribble[(e) / 2] = 0
  :: else
  fi
}

/* What is written where nobody reads any more is lost. */
inline write(me, e, x) {
  printf("@send %d %d %d %d\\n", me, e, x, passes(e));
  assert(wire[e] < 16777216);
  wire[e] = wire[e] + (passes(e) -> x * unit(wire[e]) : 0)
}

inline put(me, e, x) {
  must(!fin[e] && !last[e], ORDER);
  last[e] = open[e] && (x == CLOSE || x == KEYED);
  write(me, e, x)
}

inline finish(me, e) {
  if
  :: open[e] && !fin[e] -> write(me, e, FIN); fin[e] = 1
  :: else
  fi
}

/* Closes: with a FIN when the peer's has come, else with a RST. */
inline drop(me, e) {
  if
  :: open[e] ->
     if
     :: ended[e] && !fin[e] -> write(me, e, FIN)
     :: !ended[e] ->
        printf("@reset %d %d %d\\n", me, e, open[(e) ^ 1] && !cut[(e) / 2]);
        rst[(e) ^ 1] = rst[(e) ^ 1] || (open[(e) ^ 1] && !cut[(e) / 2])
     :: else
     fi;
     gone(e)
  :: else
  fi
}

inline join(l) { open[2 * (l)] = 1; open[2 * (l) + 1] = 1 }
inline renew(k) { torn[2 * (k)] = 0; torn[2 * (k) + 1] = 0; proved[k] = 0; confirmed[k] = 0; displaced[k] = 0 }
/* A stranger connects, sends what was recorded, and says nothing more. */
inline replay(l) { open[2 * (l) + 1] = 1; wire[2 * (l)] = RELAY + 16 * REQUEST }
inline sever(e) { cut[(e) / 2] = 1; wire[e] = 0; wire[(e) ^ 1] = 0; rst[e] = 0; rst[(e) ^ 1] = 0 }
`;
}
