/** The terminal: one process from its token to its end, what is known of it, and the page that shows it. */

import { part, say } from '../viewer/page.js';
import { drawBoard } from './board.js';
import { Clock } from './clock.js';
import { keepToken } from './kept.js';
import { Line } from './line.js';
import { addMessages, clearMessages } from './messages.js';
import { Outbox } from './outbox.js';
import { arm, drawPad } from './pad.js';
import { farewell, nextAction, whatHappened, worthSaying } from './words.js';

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').Ended} Ended */

const OPENING = 'Connecting …';
const ENTERING = 'You enter at the next tick.';
const PASSING = 'You went through a ghost gate, into another shard. You enter it at the next tick.';
const LAST_SEEN = 'The last that you saw.';
const COOLING = 'A sprint cools down for one tick: press again after the next one.';
const NO_LINE = 'There is no line to the server just now, so nothing was sent.';
const FORGOTTEN = 'This process is no longer known here. Join again.';

export class Terminal {
  /** @param {import('./types.js').Setup} setup */
  constructor(setup) {
    this.clock = new Clock(setup.tick_seconds);
    this.outbox = new Outbox((command) => this.line?.send(command) ?? false);
    /** @type {Line | null} */
    this.line = null;
    /** @type {State | null} */
    this.state = null;
    /** The last event that has arrived. */
    this.after = 0;
    /** A sprint is asked for; after the tick it cools down, for one more. */
    this.sprints = false;
    this.cooling = false;
    /** @type {{status: 'escaped' | 'dead', tick: number | null} | null} */
    this.left = null;
  }

  /** Know nothing of any process. */
  forget() {
    this.state = this.left = null;
    this.after = 0;
    this.sprints = this.cooling = false;
  }

  /** @param {string} token */
  open(token) {
    this.line?.stop();
    this.outbox.clear();
    this.forget();
    clearMessages();
    part('board').replaceChildren();
    keepToken(token);
    this.show('playing');
    this.sayLine(OPENING);
    this.line = new Line(token, {
      after: () => this.after,
      state: (state) => this.take(state),
      answer: (answer) => this.answered(answer),
      ended: (ended) => this.ended(ended),
      unknown: () => this.unknown(),
      line: (words) => this.sayLine(words),
    });
    this.line.start();
  }

  /** @param {'lobby' | 'joining' | 'playing' | 'left'} state */
  show(state) {
    part('terminal').dataset.state = state;
    part('lobby').hidden = state === 'playing' || state === 'left';
    part('play').hidden = state === 'lobby' || state === 'joining';
    part('controls').hidden = state !== 'playing';
    part('after').hidden = state !== 'left';
  }

  // What comes in

  /** @param {State} state */
  take(state) {
    const before = this.state;
    const fresh = state.events.filter(({ id }) => id > this.after);
    this.after = fresh.at(-1)?.id ?? this.after;
    addMessages(fresh);
    if (state.tick !== before?.tick) {
      this.cooling = this.sprints;
      this.sprints = false;
    }
    this.state = state;
    if (state.status === 'dead' || state.status === 'escaped') return this.leave(state.status, state.tick);
    const words = worthSaying(before, state);
    if (words) say(part('announcer'), words);
    this.draw();
  }

  draw() {
    const { state } = this;
    if (!state) return;
    const passing = state.status === 'transferred';
    say(part('tick'), state.tick === null ? '–' : String(state.tick));
    this.clock.expect(state.next_tick_in_ms);
    if (state.grid) drawBoard(state);
    const waiting = !state.grid;
    part('terminal').classList.toggle('waiting', waiting);
    say(part('stage-words'), waiting ? (passing ? PASSING : ENTERING) : '');
    this.drawNext();
  }

  drawNext() {
    if (!this.state) return;
    say(part('next'), nextAction(this.state.buffered));
    drawPad(this.state, this.cooling);
  }

  /** @param {{cmd: string, arg: string | null, status?: string, detail?: string}} answer */
  answered({ cmd, arg, status, detail }) {
    if (status !== 'ok') return this.problem(detail ?? 'The server refused this.');
    this.problem('');
    if (cmd === 'SAY') return addMessages([{ kind: 'own', message: arg ?? '' }]);
    if (cmd === 'BROADCAST' || !this.state) return;
    this.sprints = cmd === 'BUFFER';
    this.state = { ...this.state, buffered: { cmd, arg } };
    this.drawNext();
  }

  // How it ends

  /**
   * @param {'escaped' | 'dead'} status
   * @param {number | null} tick
   */
  leave(status, tick) {
    const first = !this.left;
    this.left = { status, tick };
    this.clock.expect(null);
    this.outbox.clear();
    this.show('left');
    part('terminal').dataset.outcome = status;
    if (tick !== null) say(part('tick'), String(tick));
    say(part('stage-words'), part('board').childElementCount ? LAST_SEEN : '');
    say(part('after-title'), farewell(status));
    say(part('after-words'), whatHappened(status, tick, null));
    part('after-waiting').hidden = false;
    part('after-replay').hidden = true;
    if (first) part('after').focus();
  }

  /** @param {Ended} ended */
  ended(ended) {
    const { status, tick } = this.left ?? ended;
    if (!this.left) this.leave(status ?? 'dead', tick);
    say(part('after-words'), whatHappened(status ?? 'dead', ended.tick ?? tick, ended));
    part('after-waiting').hidden = true;
    part('after-replay').hidden = !ended.replay;
    part('after-none').hidden = Boolean(ended.replay);
    if (ended.replay) part('replay-link').setAttribute('href', ended.replay);
    this.sayLine(null);
  }

  unknown() {
    keepToken(null);
    this.show('lobby');
    this.problem(FORGOTTEN, 'lobby-problem');
  }

  // What goes out

  /**
   * @param {string} digit
   * @param {boolean} sprint
   */
  step(digit, sprint) {
    if (sprint && this.cooling) return this.problem(COOLING);
    arm(false);
    this.put({ cmd: sprint ? 'BUFFER' : 'MOVE', arg: digit });
  }

  idle() {
    this.put({ cmd: 'IDLE' });
  }

  /**
   * @param {import('./types.js').Command} command
   */
  put(command) {
    const went = this.outbox.put(command);
    if (!went) this.problem(NO_LINE);
    return went;
  }

  // Words

  /**
   * @param {string} words
   * @param {string} [place]
   */
  problem(words, place = 'problem') {
    say(part(place), words);
    part(place).hidden = !words;
  }

  /** @param {string | null} words */
  sayLine(words) {
    part('line').dataset.up = String(words === null);
    say(part('line'), words ?? 'connected');
  }
}
