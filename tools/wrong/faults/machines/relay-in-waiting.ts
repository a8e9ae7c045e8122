/** A tunnel relay whose next node has not answered, or whose peers take nothing ([EP] fig. 13). */
import { type Fault, ofSeveral } from '../../fault.ts';

const NR = 'reference/nodes/relay.ts';
const FL = 'reference/nodes/flow.ts';
const AD = 'reference/tunnel/admission.ts';
const OC = 'reference/tunnel/relay/forward/one-way-copy.ts';
const SP = 'reference/tunnel/relay/forward/splice.ts';

// biome-ignore format: a table, one line for each change
export const relayInWaiting: readonly Fault[] = ofSeveral({
  'answer-of-another-counts': ['RLY-11', 'relay', 'Once a next node has answered in one tunnel, more than one frame passes in others before an answer.',
    [NR, '    if (this.#answered) return true;', "    if (this.#answered || (side === 'upstream' && RelayNode.heard)) return true;"],
    [NR, '      this.#answered = length <= bounds.DATA.max;', '      this.#answered = length <= bounds.DATA.max;\n      RelayNode.heard ||= this.#answered;'],
    [NR, '  readonly canSend = false;', '  static heard = false;\n  readonly canSend = false;']],
  'frame-behind-has-to-be-request': ['RLY-20 RLY-10', 'relay', 'Behind RELAY it takes a REQUEST alone.',
    [NR, 'if (length < frameStartLength || length > (isClose', 'if (length < frameStartLength || (!isClose && start[4] !== 2) || length > (isClose']],
  'frame-behind-of-another-version-refused': ['RLY-20 RLY-10', 'relay', 'Behind RELAY it refuses a frame of another version.',
    [NR, 'if (length < frameStartLength || length > (isClose', 'if (length < frameStartLength || start[5] !== 1 || length > (isClose']],
  'next-node-ends-before-answer-unnoticed': ['RLY-06', 'relay', 'It does not notice that the stream of the next node ends before an answer.',
    [NR, '    if (!link.open) return;\n    link.ended = true;', "    if (!link.open || (side === 'downstream' && this.state === 'Forward' && !this.#answered)) return;\n    link.ended = true;"]],
  'next-node-resets-before-answer-unnoticed': ['RLY-06', 'relay', 'It does not notice that the next node resets its connection before an answer.',
    [NR, '    if (!link.open) return;\n    link.open = false;', "    if (!link.open || (side === 'downstream' && this.state === 'Forward' && !this.#answered)) return;\n    link.open = false;"]],
  'initiator-ends-before-answer-unnoticed': ['RLY-06', 'relay', 'It does not notice that the stream of the initiator ends before an answer.',
    [NR, '    if (!link.open) return;\n    link.ended = true;', "    if (!link.open || (side === 'upstream' && this.state === 'Forward' && !this.#answered)) return;\n    link.ended = true;"]],
  'initiator-resets-before-answer-unnoticed': ['RLY-06', 'relay', 'It does not notice that the initiator resets its connection before an answer.',
    [NR, '    if (!link.open) return;\n    link.open = false;', "    if (!link.open || (side === 'upstream' && this.state === 'Forward' && !this.#answered)) return;\n    link.open = false;"]],
  'program-end-ignored-before-answer': ['RLY-12', 'relay', 'The end of the program is ignored where the next node has not answered: the program lives on.',
    [NR, "if (input.command !== 'connect') this.#refuse('end session'", "if (input.command !== 'connect' && (this.state !== 'Forward' || this.#answered)) this.#refuse('end session'"]],
  'zero-window-stops-both-ways': ['RLY-03 RLY-04', 'relay', 'While one peer takes no more, nothing passes to the other either.',
    [SP, "(end.reading === 'passing' && !end.copy.blocked)", "(end.reading === 'passing' && !end.copy.blocked && !this.#ends[other[side]].copy.blocked)"]],
  'slow-reader-holds-up-all': ['RLY-03 RLY-04', 'relay', 'While a peer takes no more, it waits for it, and no other tunnel goes on.',
    [OC, 'if (count === WOULD_BLOCK) break;', 'if (count === WOULD_BLOCK) continue;']],
  'relay-end-waits-for-a-slow-reader': ['CLOSE-08 RLY-05 RLY-06 RLY-12', 'relay', 'At the end of a tunnel it waits until each peer has taken all, however long that takes.',
    [NR, '    const abort = this.#disconnecting || !Object.values(this.#links).every(({ open, ended }) => ended || !open);', '    const abort = false;']],
  'refused-count-towards-limit': ['RLY-13', 'relay', 'A connection that is refused for a limit counts towards it from then on.',
    [AD, '    if (!this.#makeRoom(source)) return undefined;', '    if (!this.#makeRoom(source)) {\n      this.#all.add(source.name);\n      return undefined;\n    }']],
  'start-lost-at-hand-over': ['RLY-03 FRAME-05', 'relay', 'Of a frame that has begun when the next node answers, the first octets are lost.',
    [FL, '    this.#filled = position.start.length;', '    this.#filled = 0;']],
  'within-a-frame-at-hand-over': ['RLY-03 FRAME-05', 'relay', 'Once the next node has answered, what follows is taken for the beginning of a frame, though one is passing.',
    [FL, '    this.#left = position.left;', '    this.#left = 0;']],
});
