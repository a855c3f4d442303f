/** What is seen of a session: the loop that draws, and the parts that show the present tick. */

import { Announcer } from './announce.js';
import { seldom } from './address.js';
import { Chat } from './chat.js';
import { showControls, showLight } from './controls.js';
import { eventsPanel } from './events.js';
import { Inspector } from './inspect.js';
import { wireLayers } from './layers.js';
import { showLoading } from './loading.js';
import { searchOf } from './links.js';
import { part, say } from './page.js';
import { readPalette, watchTheme } from './palette.js';
import { Panels } from './panels.js';
import { genericOf } from './renderers/generic.js';
import { Stage } from './stage.js';
import { Timeline } from './timeline.js';
import { clock } from './times.js';
import { connectionWords, kindWords, statusOf, tickWords, watchWords } from './words.js';

/** A tab that slept does not make up for it. */
const LONGEST_FRAME_SECONDS = 0.25;
/** Panels are written at most so often while ticks fly by. */
const PANELS_MILLISECONDS = 100;
const SCRUB_MILLISECONDS = 90;
const HEARTBEAT_MILLISECONDS = 1000;
const stillness = matchMedia('(prefers-reduced-motion: reduce)');

export class Screen {
  /**
   * @param {import('./session.js').Session} session
   * @param {import('./address.js').Place} place
   * @param {{shown: () => void}} options  `shown` is called when another tick or state is shown
   */
  constructor(session, place, { shown }) {
    this.session = session;
    this.shown = shown;
    /** Whether this is a frame of another page, with no address bar and no panels. */
    this.embedded = Boolean(session.setup.embedded);
    this.renderer = /** @type {import('./types.js').Renderer} */ (session.renderer);
    /** @type {import('./controls.js').Actions} */
    this.actions = {};
    this.palette = readPalette();
    this.focus = place.focus;
    this.charts = place.charts;
    this.hidden = wireLayers(this.renderer.layers ?? [], place.hide, () => this.wake());
    this.announcer = new Announcer();
    this.writeAddress = seldom((search) =>
      history.replaceState(null, '', location.pathname + search),
    );
    this.stage = new Stage(/** @type {HTMLCanvasElement} */ (part('board')), this.renderer, {
      chosen: (found) => found && this.press(found),
      resized: () => this.wake(),
    });
    if (place.view) this.stage.recall(place.view, place.focus);
    this.timeline = new Timeline(part('timeline'), {
      seek: (tick, scrubbing) => this.scrub(tick, scrubbing),
    });
    this.panels = new Panels({
      follow: (subject) => this.follow(subject),
      seek: (tick) => this.actions.seek(tick),
    });
    this.chat = new Chat(session, {
      wake: () => this.wake(),
      seek: (tick) => this.actions.seek(tick),
    });
    this.inspector = new Inspector(this);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.scrubbing = undefined;
    /** @type {import('./turns.js').Turns | null} */
    this.turns = null;
    this.asked = 0;
    this.before = 0;
    this.shownAt = 0;
    this.shownTick = NaN;
    this.drawn = '';
    this.stale = true;
    /** @type {string | undefined} the trouble that was said last */
    this.said = undefined;
    watchTheme(() => {
      this.palette = readPalette();
      this.wake();
    });
    this.renderer.attach?.(this.host());
    setInterval(() => this.beat(), HEARTBEAT_MILLISECONDS);
  }

  /** Draw soon, and write all parts anew. */
  wake() {
    this.stale = true;
    this.drawn = '';
    this.ask();
  }

  ask() {
    if (!this.asked) this.asked = requestAnimationFrame((now) => this.turn(now));
  }

  beat() {
    const { session } = this;
    if (!this.scrubbing) session.want();
    if (!session.player.live) return;
    showLight(session);
    this.showHead();
  }

  /** @param {number} now */
  turn(now) {
    const { session } = this;
    const { player } = session;
    this.asked = 0;
    const seconds = Math.min(LONGEST_FRAME_SECONDS, (now - (this.before || now)) / 1000);
    this.before = now;
    const was = player.playing;
    const moved = player.advance(seconds, session.tape);
    if (moved || player.waiting || was !== player.playing) this.stale = true;
    if (this.turns?.proceed()) this.stale = true;
    if (!this.scrubbing) session.want();
    const frame = session.frame();
    this.draw(frame);
    if (this.stale && now - this.shownAt >= PANELS_MILLISECONDS) this.show(frame, now);
    const still = player.following && player.tick >= player.last && (frame?.fraction ?? 1) >= 1;
    if ((player.playing && !still) || this.stale) this.ask();
    else this.before = 0;
  }

  /** @param {import('./types.js').Frame | null} frame */
  draw(frame) {
    const { player, tape } = this.session;
    const between =
      player.playing && !player.following
        ? Math.min(1, player.age / tape.lengthOf(player.tick))
        : 0;
    this.timeline.moveHead(Math.min(player.last, player.tick + between));
    if (!frame) return;
    if (stillness.matches) frame.fraction = 1;
    const key = `${frame.tick} ${frame.fraction} ${frame.previous !== null}`;
    if (key === this.drawn) return;
    this.drawn = key;
    const options = { palette: this.palette, focus: this.focus, hidden: this.hidden };
    this.guarded(() => this.stage.draw(frame, options));
  }

  /**
   * A recording that its renderer trips over is shown by the one for any JSON, and that is said.
   * @param {() => void} draw
   */
  guarded(draw) {
    try {
      draw();
    } catch (error) {
      if (this.renderer.anything) throw error;
      const generic = genericOf(this.session.setup.hints);
      generic.attach?.(this.host());
      this.renderer = generic;
      this.stage.renderer = generic;
      this.session.renderer = generic;
      this.session.oddity = `This is not as ${this.session.setup.game} records; it is shown as figures.`;
      this.wake();
    }
  }

  /**
   * @param {import('./types.js').Frame | null} frame
   * @param {number} now
   */
  show(frame, now) {
    const { session } = this;
    this.stale = false;
    this.shownAt = now;
    this.showHead();
    this.showStatus(
      frame !== null &&
        (frame.tick === session.player.tick || session.store.has(session.player.tick)),
    );
    if (session.started) {
      showControls(session);
      this.timeline.update(this.model(), this.palette);
      if (!this.embedded) this.writeAddress(searchOf(session, this));
      this.shown();
    }
    if (!frame) return;
    if (this.embedded) return this.guarded(() => this.announce(frame));
    this.chat.update({ resting: !this.scrubbing });
    this.guarded(() => {
      const told = {
        tick: frame.tick,
        markers: session.markers,
        metrics: session.index?.metrics,
        focus: this.focus,
      };
      const own = this.renderer.panels?.(frame.snapshot, frame.previous, told) ?? [];
      const panels = [eventsPanel(session, frame), this.chat.panel(), ...own];
      this.panels.update(panels, this.focus, this.palette);
      this.inspector.update(frame);
      this.announce(frame);
    });
  }

  showHead() {
    const { session } = this;
    const root = part('viewer');
    root.dataset.state = !session.shard ? 'opening' : session.shard.live ? 'live' : 'archive';
    root.dataset.tick = session.started ? String(session.player.tick) : '';
    root.dataset.playing = String(session.player.playing);
    const kind = part('viewer-kind');
    say(kind, kindWords(session));
    kind.dataset.live = String(Boolean(session.shard?.live && !session.shard.stale));
    say(part('spectators'), watchWords(session));
    say(part('connection'), connectionWords(session));
    showLoading(session);
  }

  /** @param {boolean} drawn */
  showStatus(drawn) {
    const status = statusOf(this.session, drawn);
    part('status').hidden = !status;
    part('status').dataset.retry = String(Boolean(status?.retry));
    part('stage').dataset.pending = String(!drawn);
    part('retry').hidden = !status?.retry;
    if (status) say(part('status-words'), status.words);
    if (status?.retry && this.said !== status.words) this.announcer.speak(status.words);
    this.said = status?.words;
  }

  /** @param {import('./types.js').Frame} frame */
  announce(frame) {
    const { player } = this.session;
    const described = this.renderer.describe?.(frame.snapshot) ?? '';
    part('board').setAttribute(
      'aria-label',
      `The board at tick ${frame.tick}${described ? `: ${described}` : ''}`,
    );
    if (frame.tick === this.shownTick) return;
    const first = Number.isNaN(this.shownTick);
    this.shownTick = frame.tick;
    if (!player.playing) {
      if (!first) this.announcer.rest(() => tickWords(this.session));
    } else if (this.session.markers.some(({ tick }) => tick === frame.tick))
      this.announcer.pass(tickWords(this.session));
  }

  /** @returns {import('./timeline.js').Model} */
  model() {
    const { player, store, times, markers, points } = this.session;
    const start = times.at(player.first);
    return {
      first: player.first,
      last: player.last,
      tick: player.tick,
      head: this.timeline.model?.tick === player.tick ? this.timeline.model.head : player.tick,
      markers,
      marks: this.renderer.marks ?? {},
      points,
      loaded: store.loaded(),
      fetching: store.fetching(),
      gaps: store.gaps,
      clip: player.clip,
      clockAt: (tick) => clock(times.at(tick) - start),
      words: tickWords(this.session),
    };
  }

  /**
   * While the bar is dragged, what is fetched waits until the pointer rests a moment.
   * @param {number} tick
   * @param {boolean} scrubbing
   */
  scrub(tick, scrubbing) {
    const { player } = this.session;
    if (tick !== player.tick) player.seek(tick);
    clearTimeout(this.scrubbing);
    this.scrubbing = undefined;
    if (scrubbing) {
      this.scrubbing = setTimeout(() => {
        this.scrubbing = undefined;
        this.wake();
      }, SCRUB_MILLISECONDS);
    }
    this.wake();
  }

  /** @param {import('./types.js').Found} found */
  press(found) {
    if ((this.renderer.choosing || this.embedded) && found.subject) this.choose(found.subject);
    else if (!this.embedded) this.inspector.inspect(found);
  }

  /** @param {string | null} subject */
  choose(subject) {
    this.focus = subject;
    this.wake();
  }

  /** @returns {import('./types.js').Host} */
  host() {
    const { session, stage } = this;
    return {
      stage: part('stage'),
      wake: () => this.wake(),
      view: () => stage.view,
      look: (view) => {
        stage.view = view;
        this.wake();
      },
      choose: (subject) => this.choose(subject),
      focus: () => this.focus,
      speak: (words) => this.announcer.speak(words),
      peek: (tick) => session.store.peek(tick)?.snapshot ?? null,
      seek: (who, next) => session.store.seek(who, next),
      lost: (tick) => session.store.lost(tick),
      range: () => ({ first: session.player.first, last: session.player.last }),
      theme: () => this.palette.ground,
      charts: () => this.charts,
      chart: (paths) => {
        this.charts = paths;
        this.wake();
      },
      world: () => session.index?.world ?? session.setup.world ?? null,
    };
  }

  /** @param {string} subject */
  follow(subject) {
    this.focus = this.focus === subject ? null : subject;
    this.wake();
  }

  /** Close what lies over the board; with nothing there, stop following. */
  leave() {
    if (this.inspector.open) this.inspector.hide();
    else if (document.fullscreenElement) document.exitFullscreen();
    else this.focus = null;
    this.wake();
  }
}
