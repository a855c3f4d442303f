/** A table: what is known of its room and game, what was asked, and which part of the page shows it. */

import { part, say } from '../../viewer/page.js';
import { stage } from '../../viewer/renderers/golf/said.js';
import { Failure, getJson, send } from '../../viewer/wire.js';
import { drawNext } from './after.js';
import { drawBoard } from './board.js';
import { Line } from './line.js';
import { addToLog, drawScores } from './log.js';
import { commandOf, mayAct, possible, press } from './moves.js';
import { showEnd, showRound } from './results.js';
import { drawRoom } from './room.js';
import { drawTerms, drawWaiting } from './waiting.js';
import { awayWords, whatNow } from './words.js';

/** @typedef {import('./types.js').Room} Room */
/** @typedef {import('./types.js').View} View */
/** @typedef {import('./types.js').Command} Command */

const LOOK_MILLISECONDS = 2000;
const NEXT_MILLISECONDS = 3000;
/** An answer that does not come in this time is not waited for. */
const ANSWER_MILLISECONDS = 4000;
const NO_LINE = 'There is no line to the server just now, so nothing was sent.';

/** @param {Room} room */
const isOver = ({ phase }) => phase === 'game_over' || phase === 'closed';

export class Table {
  /** @param {string} code */
  constructor(code) {
    this.code = code;
    this.address = `/golf/rooms/${encodeURIComponent(code)}`;
    /** @type {Room | null} */
    this.room = null;
    /** @type {View | null} */
    this.view = null;
    /** @type {View | null} the view at the end of the last round */
    this.round = null;
    this.tick = -1;
    /** @type {Set<number>} first cards that are chosen */
    this.chosen = new Set();
    /** Whether a command is on its way. */
    this.asked = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.asking = undefined;
    /** @type {string | null} the turn that is on, and since when */
    this.turn = null;
    this.turnSince = 0;
    /** @type {Line | null} */
    this.line = null;
    /** Whether the next table is looked for. */
    this.looksForNext = false;
    /** What the maker may do with seats of others. */
    this.maker = {
      sendAway: (/** @type {string} */ seat) => this.ask('leave', { seat }),
      giveManner: (/** @type {string} */ seat, /** @type {string} */ profile) => this.ask('computer', { seat, profile }),
    };
    setInterval(() => this.tellTime(), 1000);
  }

  // What comes in

  /** Look at the room; who has a seat gets a line to it, everybody else looks again. */
  async look() {
    try {
      /** @type {Room} */
      const room = await getJson(this.address);
      this.problem('');
      this.takeRoom(room);
      if (isSeated(room) || room.phase === 'game_over') return this.listen();
      say(part('line'), '');
      if (room.phase === 'closed') return undefined;
    } catch (error) {
      const failure = error instanceof Failure ? error : null;
      if (failure?.status === 404) return this.show('gone');
      this.problem(failure?.message ?? 'The room cannot be shown.');
    }
    setTimeout(() => this.line || this.look(), LOOK_MILLISECONDS);
    return undefined;
  }

  listen() {
    if (this.line) return;
    this.line = new Line(this.code, {
      table: (told) => this.take(told),
      answer: (detail) => this.answered(detail),
      ended: () => this.ended(),
      gone: () => this.gone(),
      line: (words) => this.sayLine(words),
    });
    this.line.start();
  }

  /** @param {import('./types.js').Told} told */
  take({ room, view, tick }) {
    const news = view !== null && tick !== null && tick > this.tick;
    this.view = view;
    if (news) {
      this.tick = tick;
      part('golf').dataset.tick = String(tick);
      this.settle();
      addToLog(view);
      this.keepTurn(view);
      if (view.event?.type === 'round_ended') this.endRound(view);
    }
    this.takeRoom(room);
    if (news) this.announce(view);
  }

  /** @param {Room} room */
  takeRoom(room) {
    this.room = room;
    drawRoom(room);
    drawTerms(room);
    if (room.phase === 'waiting') drawWaiting(room, this.maker);
    if (isOver(room)) this.lookForNext();
    this.draw();
  }

  /** See whether somebody has opened the next table, as long as this page is looked at. */
  async lookForNext() {
    if (this.room) drawNext(this.room);
    if (this.looksForNext) return;
    this.looksForNext = true;
    await new Promise((done) => setTimeout(done, NEXT_MILLISECONDS));
    const seen = document.hidden ? this.room : await getJson(this.address).catch(() => this.room);
    this.looksForNext = false;
    if (this.room && seen) this.room.next = seen.next;
    if (this.room) this.lookForNext();
  }

  /** A game has ended before its last event, or just after it. */
  ended() {
    if (this.view?.phase !== 'game_over') this.show('closed');
    this.sayLine(null);
  }

  /** There is no seat of ours: the game is over, or somebody else has our seat now. */
  gone() {
    this.line = null;
    this.view = null;
    if (part('golf').dataset.state !== 'over') this.look();
  }

  // What is shown

  draw() {
    const { room, view } = this;
    if (!room) return;
    say(part('stage'), view ? stage(/** @type {any} */ (view)) : '');
    say(part('away'), awayWords(room));
    if (view?.phase === 'game_over') return this.over(view);
    if (isOver(room)) return this.show('closed');
    if (!view) return room.phase === 'waiting' || isSeated(room) ? this.show('waiting') : this.left(room);
    this.show('playing');
    const may = possible(view);
    drawBoard({ view, room, may, chosen: this.chosen, asked: this.asked });
    drawScores(view);
    say(part('now'), whatNow(view, may, this.chosen.size));
    part('now').dataset.mine = String(mayAct(may));
    say(part('happened'), view.words ? `${view.words}.` : '');
    return undefined;
  }

  /** @param {'waiting' | 'playing' | 'over' | 'closed' | 'gone'} state */
  show(state) {
    const root = part('golf');
    const before = root.dataset.state;
    root.dataset.state = state;
    for (const name of ['waiting', 'playing', 'over', 'closed', 'gone']) part(name).hidden = name !== state;
    if (before === 'waiting' && state === 'playing') part('playing').focus();
  }

  /**
   * The game goes on without us: we have left it.
   * @param {Room} room
   */
  left({ open_to_spectators: open }) {
    part('gone-watch').hidden = !open;
    this.show('gone');
  }

  /** @param {View} view */
  endRound(view) {
    this.round = view;
    if (view.current_round < view.total_rounds) showRound(view);
  }

  /** @param {View} view */
  over(view) {
    const first = part('golf').dataset.state !== 'over';
    this.show('over');
    if (!first) return;
    showEnd(view, this.round);
    /** @type {HTMLDialogElement} */ (part('round-dialog')).close();
    part('over').focus();
  }

  /**
   * What happened, and what is to be done now if it is up to this player.
   * @param {View} view
   */
  announce(view) {
    const may = possible(view);
    say(part('announcer'), [`${view.words}.`, mayAct(may) ? whatNow(view, may) : ''].join(' '));
  }

  /** @param {View} view */
  keepTurn(view) {
    const turn = view.turn ? `${view.current_round} ${view.current_player_id}` : null;
    if (turn === this.turn) return;
    this.turn = turn;
    this.turnSince = Date.now();
    this.tellTime();
  }

  /** How long a turn takes already, once that is worth a word. */
  tellTime() {
    const seconds = this.turn ? Math.floor((Date.now() - this.turnSince) / 1000) : 0;
    const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    say(part('turn-clock'), seconds >= 5 && this.view?.phase !== 'game_over' ? clock : '');
  }

  // What goes out

  /** @param {number} position */
  press(position) {
    if (!this.view || this.asked) return;
    const { command, chosen } = press(possible(this.view), this.chosen, position);
    if (chosen) this.chosen = chosen;
    if (command) this.put(command);
    this.draw();
  }

  /** @param {string} action */
  act(action) {
    const command = this.asked ? null : commandOf(possible(this.view), action);
    if (command) this.put(command);
    this.draw();
  }

  /** @param {Command} command */
  put(command) {
    if (!this.line?.send(command)) return this.problem(NO_LINE);
    this.problem('');
    this.asked = true;
    clearTimeout(this.asking);
    this.asking = setTimeout(() => this.settle(), ANSWER_MILLISECONDS);
    return undefined;
  }

  /** Nothing is on its way any more. */
  settle() {
    clearTimeout(this.asking);
    this.asked = false;
    if (!possible(this.view).together) this.chosen = new Set();
  }

  /** @param {string | null} detail */
  answered(detail) {
    if (detail === null) return;
    this.settle();
    this.problem(detail);
    this.draw();
  }

  /**
   * Ask for something of the room; what it answers is shown.
   * @param {'join' | 'leave' | 'start' | 'computer' | 'settings'} what
   * @param {object} [body]
   * @returns {Promise<boolean>} whether it was done
   */
  async ask(what, body) {
    try {
      const room = await send('POST', `${this.address}/${what}`, body);
      this.problem('');
      if (room) this.takeRoom(room);
      return true;
    } catch (error) {
      this.problem(error instanceof Failure ? error.message : 'That did not work.');
      return false;
    }
  }

  /** @param {string} words */
  problem(words) {
    say(part('problem'), words);
    part('problem').hidden = !words;
  }

  /** @param {string | null} words */
  sayLine(words) {
    part('line').dataset.up = String(words === null);
    say(part('line'), words ?? 'connected');
  }
}

/** @param {Room} room */
function isSeated({ seats }) {
  return seats.some(({ you }) => you);
}
