/** One recording being watched: its index, its ticks and its playhead, live or archived alike. No DOM. */

import { Chronicle } from './chronicle.js';
import { Player } from './player.js';
import { Archive } from './sources/archive.js';
import { Live } from './sources/live.js';
import { Store } from './store.js';
import { tapeOf } from './tape.js';
import { Times } from './times.js';

/** @typedef {import('./types.js').Index} Index */
/** @typedef {import('./types.js').Line} Line */
/** @typedef {import('./types.js').Shard} Shard */

/** After so many live ticks a chunk has been sealed and the index is worth reading again. */
const INDEX_TICKS = 100;
/** The rate at which live ticks come is told over so long. */
const RATE_SECONDS = 5;
/** After so many ticks' time without one it is said when the last one came. */
const QUIET_TICKS = 3;
/** Spectators do not all ask at once. */
const INDEX_SPREAD_SECONDS = 5;

export class Session {
  /**
   * @param {import('./types.js').Setup} setup
   * @param {import('./address.js').Place} place
   * @param {{parse: import('./parsing.js').Parse, changed: () => void, ticked: () => void}} options
   */
  constructor(setup, place, { parse, changed, ticked }) {
    this.setup = setup;
    this.place = place;
    this.changed = changed;
    this.ticked = ticked;
    this.archive = new Archive(setup.base, parse);
    this.store = new Store(this.archive, { changed });
    this.times = new Times(1);
    this.player = new Player();
    /** @type {import('./types.js').Renderer | null} */
    this.renderer = null;
    /** Whether the renderer has what it begins with. */
    this.met = false;
    /** @type {Index | null} */
    this.index = null;
    /** @type {Shard | null} */
    this.shard = null;
    this.chronicle = new Chronicle();
    this.spectators = 0;
    /** Whether the live line is open. */
    this.connected = false;
    /** @type {{at: number, ticks: number}[]} live ticks that came of late */
    this.arrivals = [];
    /** @type {number | null} when the last live tick came */
    this.heard = null;
    /** @type {string | null} what is wrong with the live line */
    this.line = null;
    /** @type {string | null} why nothing can be shown at all */
    this.refusal = null;
    /** @type {Live | null} */
    this.live = null;
    /** @type {string | null} what is odd about the recording */
    this.oddity = null;
    this.skipping = false;
    /** Whether every tick is shown equally long. */
    this.even = place.even;
    this.started = false;
    /** @type {Line | null} shown until the store has the tick */
    this.first = null;
    this.tape = tapeOf(this);
  }

  get markers() {
    return this.chronicle.markers;
  }

  get points() {
    return this.chronicle.points;
  }

  /**
   * Take the renderer; one that begins with the first snapshot is given it before all else.
   * @param {import('./types.js').Renderer} renderer
   */
  async meet(renderer) {
    this.renderer = renderer;
    if (!renderer.begin) return;
    try {
      const { snapshot } = await this.archive.one(0);
      this.met = true;
      renderer.begin?.(snapshot);
    } catch (error) {
      if (this.shard?.last_tick !== null) this.refusal = reasonOf(error);
    }
    this.changed();
  }

  /** Read the index and begin where the address or the page says; again after a refusal. */
  async open() {
    this.refusal = null;
    if (this.renderer && !this.met) this.meet(this.renderer);
    const atEdge =
      this.setup.at_live_edge && this.place.tick === null && this.place.seconds === null;
    if (atEdge) this.listen();
    else this.glimpse();
    await this.read(atEdge);
    if (this.shard?.live) this.listen();
  }

  /**
   * Read the index; without it nothing can be fetched, and that is said.
   * @param {boolean} atEdge where to begin, if this is the beginning
   */
  async read(atEdge) {
    try {
      this.describe(await this.archive.index());
      this.refusal = null;
      if (!this.started) this.begin(atEdge);
    } catch (error) {
      this.refusal = reasonOf(error);
    }
    this.changed();
  }

  /** Fetch the one tick to be seen first, while the rest is on its way. */
  async glimpse() {
    if (this.place.seconds !== null && this.place.tick === null) return;
    try {
      this.first = await this.archive.one(this.place.tick ?? this.setup.tick ?? 0);
      this.changed();
    } catch {
      // The index, asked at the same time, meets the same trouble and says so.
    }
  }

  /**
   * Take what an index says.
   * @param {Index} index
   */
  describe(index) {
    this.index = index;
    this.shard = index.shard;
    this.store.describe(index);
    this.times.tickSeconds = index.shard.tick_seconds || 1;
    const sealed = index.chunks.flatMap(({ first_tick, last_tick, t }) => [
      { tick: first_tick, t: t[0] },
      { tick: last_tick, t: t[1] },
    ]);
    const sealedLast = sealed.at(-1)?.tick ?? -1;
    this.times.set([...sealed, ...this.times.points.filter(({ tick }) => tick > sealedLast)]);
    this.chronicle.describe(index);
    this.player.live = index.shard.live;
    this.player.bursts = Boolean(index.push);
    this.grow(index.shard.last_tick);
  }

  /** @param {boolean} atEdge */
  begin(atEdge) {
    if (this.shard?.last_tick === null || !this.shard) return;
    this.started = true;
    const { place, player, setup } = this;
    const seconds =
      place.seconds === null
        ? null
        : this.times.tickAt(this.times.at(player.first) + place.seconds);
    const end = place.end ?? setup.end_tick;
    const start = place.tick ?? seconds ?? setup.tick ?? player.first;
    if (end !== null && end >= start) player.clip = { from: setup.tick ?? start, to: end };
    player.loop = place.loop;
    if (place.speed) player.setSpeed(place.speed);
    player.seek(start);
    if (atEdge && player.live) player.follow();
    else if (place.autoplay) player.play();
  }

  /**
   * The newest tick is known to be `last`.
   * @param {number | null} last
   */
  grow(last) {
    if (last === null) return;
    const first = this.shard?.first_tick ?? (this.started ? this.player.first : last);
    this.player.extend(
      Math.min(first, last),
      Math.max(last, this.started ? this.player.last : last),
    );
  }

  listen() {
    if (this.live) return;
    this.live = new Live(this.setup.base, {
      cursor: () => (this.started ? this.player.last : null),
      hello: (shard, spectators) => this.greet(shard, spectators),
      ticks: (lines, size) => this.take(lines, size),
      skipped: () => this.changed(),
      spectators: (count) => {
        this.spectators = count;
        this.changed();
      },
      ended: (shard) => this.end(shard),
      line: (words) => {
        this.line = words;
        this.changed();
      },
    });
    this.live.start();
  }

  /**
   * @param {Shard} shard
   * @param {number} spectators
   */
  greet(shard, spectators) {
    this.shard = shard;
    this.connected = true;
    this.spectators = spectators;
    this.times.tickSeconds = shard.tick_seconds || 1;
    this.player.live = shard.live;
    this.changed();
  }

  /**
   * Live ticks: each once and in order, as they were stored.
   * @param {Line[]} lines
   * @param {number} size
   */
  take(lines, size) {
    const last = lines.at(-1);
    if (!last) return;
    this.heard = Date.now();
    this.arrivals.push({ at: this.heard, ticks: lines.length });
    for (const { tick, t, snapshot } of lines) {
      if (tick <= this.chronicle.indexed) continue;
      this.times.add(tick, t);
      this.chronicle.note(tick, snapshot, this.renderer);
    }
    this.store.add(lines, size);
    if (this.renderer?.begin && !this.met && !this.refusal) this.meet(this.renderer);
    if (this.shard) this.shard.stale = false;
    this.grow(last.tick);
    if (!this.started) {
      this.started = true;
      this.player.live = true;
      this.player.follow();
    }
    if (last.tick - this.chronicle.indexed >= INDEX_TICKS) this.refreshSoon(last.tick);
    this.ticked();
  }

  /** Live ticks a second, of late; null while no line is open. */
  rate() {
    const since = Date.now() - RATE_SECONDS * 1000;
    this.arrivals = this.arrivals.filter(({ at }) => at > since);
    if (!this.connected) return null;
    return this.arrivals.reduce((sum, { ticks }) => sum + ticks, 0) / RATE_SECONDS;
  }

  /** Seconds since the last live tick, once that is longer than ticks take here; else null. */
  quiet() {
    if (this.heard === null) return null;
    const seconds = (Date.now() - this.heard) / 1000;
    return seconds > Math.max(RATE_SECONDS, QUIET_TICKS * this.times.tickSeconds) ? seconds : null;
  }

  /** @param {number} tick the newest */
  refreshSoon(tick) {
    this.chronicle.indexed = tick;
    setTimeout(() => this.refresh(), Math.random() * INDEX_SPREAD_SECONDS * 1000);
  }

  async refresh() {
    try {
      this.describe(await this.archive.index());
      this.changed();
    } catch {
      // The ticks go on coming; the index is read again a hundred of them later.
    }
  }

  /**
   * The shard has ended: what was hidden while it was live may be read now, so all is read again.
   * @param {Shard} shard
   */
  end(shard) {
    this.shard = { ...shard, live: false };
    this.line = null;
    this.connected = false;
    this.live = null;
    this.player.finish();
    this.first = this.store.line(this.player.tick);
    this.store.clear();
    this.index = null;
    this.read(false);
  }

  /** What is needed at the playhead is fetched, and what follows in time. */
  want() {
    if (!this.started || !this.index) return;
    this.store.need(this.player.tick, this.player.playing && !this.player.following);
  }

  /**
   * What is to be drawn, or null while it is not here.
   * @returns {import('./types.js').Frame | null}
   */
  frame() {
    if (this.renderer?.begin && !this.met) return null;
    const { tick } = this.player;
    const line = this.started ? this.store.line(tick) : this.first;
    if (!line)
      return this.first?.tick === tick
        ? { tick, snapshot: this.first.snapshot, previous: null, fraction: 1 }
        : null;
    const before = this.store.has(line.tick - 1) ? this.store.line(line.tick - 1) : null;
    const previous = before && before.tick === line.tick - 1 ? before.snapshot : null;
    const fraction = previous
      ? this.player.fraction(this.tape, this.renderer?.motionSeconds ?? Infinity)
      : 1;
    return { tick: line.tick, snapshot: line.snapshot, previous, fraction };
  }

  /** Seconds between the playhead and the newest tick. */
  behind() {
    return this.times.at(this.player.last) - this.times.at(this.player.tick);
  }

  /**
   * Seconds from the first tick to this one: as recorded where it is here, else about right.
   * @param {number} tick
   */
  elapsed(tick) {
    return (this.store.timeOf(tick) ?? this.times.at(tick)) - this.times.at(this.player.first);
  }
}

/** @param {unknown} error */
function reasonOf(error) {
  return error instanceof Error ? error.message : 'The recording cannot be opened.';
}
