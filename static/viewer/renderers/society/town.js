/** What the reader of a run has before them: the crowd, whom they chose to see, and how they look at it. */

import { FITTED, moved } from './camera.js';
import { agentsOf, Crowd } from './crowd.js';
import { everybody, isOpen, passing, populations, readChoice, writeChoice } from './filters.js';
import { SmallMap } from './map.js';
import { representative } from './sampling.js';
import { Scape } from './scape.js';
import { FOOT, headOf } from './signs.js';
import { Story } from './story.js';
import { Tally } from './tally.js';

/** @typedef {import('../../types.js').Snapshot} Snapshot */
/** @typedef {import('../../types.js').Host} Host */
/** @typedef {import('../../types.js').View} View */

/** So many are drawn unless the reader wants more. */
const USUAL_MOST = 1000;

export class Town {
  constructor() {
    /** @type {Crowd | null} */
    this.crowd = null;
    /** @type {Int32Array} */
    this.order = new Int32Array(0);
    this.filter = everybody();
    this.most = USUAL_MOST;
    /** Counts up whenever the choice is another. */
    this.version = 0;
    /** @type {Host | null} */
    this.host = null;
    /** @type {Scape | null} */
    this.scape = null;
    /** @type {SmallMap | null} */
    this.map = null;
    /** @type {import('./controls.js').Controls | null} */
    this.controls = null;
    /** @type {Tally | null} */
    this.tally = null;
    /** @type {Story | null} */
    this.story = null;
    /** @type {WeakMap<Snapshot, {version: number, counts: number[]}>} */
    this.counted = new WeakMap();
  }

  /** @param {Snapshot} first */
  begin(first) {
    const crowd = new Crowd(first);
    this.crowd = crowd;
    this.order = representative(agentsOf(crowd, first));
    this.tally = new Tally(crowd, this.source());
    this.controls?.fill();
    this.version += 1;
  }

  /** @param {Host} host */
  attach(host) {
    this.host = host;
    const { filter, most } = readChoice(location.search);
    this.filter = filter;
    this.most = most ?? USUAL_MOST;
    host.seek('story', () => (host.focus() === null ? null : (this.story?.survey.next() ?? null)));
    host.seek('tally', () => this.tally?.survey.next() ?? null);
    this.map = new SmallMap(this);
    this.scape = new Scape(this, host.stage);
  }

  wake() {
    this.host?.wake();
  }

  /** Where ticks come from that are not the playhead's. */
  source() {
    return {
      peek: (/** @type {number} */ tick) => this.peek(tick),
      lost: (/** @type {number} */ tick) => this.host?.lost(tick) ?? false,
      told: () => this.wake(),
    };
  }

  /** @param {number} tick */
  peek(tick) {
    return this.host?.peek(tick) ?? null;
  }

  /** @param {number} tick */
  agentsAt(tick) {
    const snapshot = this.peek(tick);
    return snapshot && this.crowd ? agentsOf(this.crowd, snapshot) : null;
  }

  /** Strips of the stage that controls cover. */
  inset() {
    return { top: (this.controls?.height ?? 0) + headOf(this.box.width), bottom: FOOT };
  }

  /** The choice is another: draw and count anew, and let the address say so. */
  chosen() {
    this.version += 1;
    const most = this.most === USUAL_MOST ? null : this.most;
    const search = writeChoice(location.search, { filter: this.filter, most });
    history.replaceState(null, '', location.pathname + search);
    this.wake();
  }

  /** Whether all are let through. */
  get open() {
    return isOpen(this.filter);
  }

  /**
   * How many of those who pass are in each zone at a tick.
   * @param {Snapshot} snapshot
   * @param {import('./scene.js').Scene | null} [scene]
   */
  countsOf(snapshot, scene) {
    const crowd = /** @type {Crowd} */ (this.crowd);
    const kept = this.counted.get(snapshot);
    if (kept?.version === this.version) return kept.counts;
    const counts =
      this.open && snapshot.zones
        ? crowd.zones.map(({ id }) => snapshot.zones[id] ?? 0)
        : this.count(agentsOf(crowd, snapshot), scene?.pass);
    this.counted.set(snapshot, { version: this.version, counts });
    return counts;
  }

  /**
   * @param {import('./crowd.js').Agents} agents
   * @param {Uint8Array} [pass]  of those who pass the filter, where it is known
   */
  count(agents, pass = passing(agents, this.filter)) {
    return populations(agents, pass);
  }

  /**
   * @param {Snapshot} snapshot
   * @param {number} place
   */
  toldOf(snapshot, place) {
    return agentsOf(/** @type {Crowd} */ (this.crowd), snapshot).told(place);
  }

  /** @param {import('./scene.js').Scene} scene */
  showNumbers(scene) {
    this.controls?.show(scene);
  }

  /**
   * The story of the agent of this id, told on as more ticks come; null where there is no such agent.
   * @param {string | null} id
   */
  storyOf(id) {
    const place = id === null ? undefined : this.crowd?.places.get(id);
    if (place === undefined || !this.crowd) return null;
    if (this.story?.place !== place || this.story.crowd !== this.crowd) {
      this.story = new Story(this.crowd, place, this.source());
    }
    return this.story;
  }

  // How it is looked at

  get view() {
    return /** @type {import('./camera.js').View} */ (this.host?.view() ?? FITTED);
  }

  /**
   * The view after a gesture; whoever moves the plane is no longer led by the agent that is followed.
   * @param {View} view
   * @param {import('../../types.js').Gesture} gesture
   * @param {import('../../types.js').Box} box
   * @returns {View}
   */
  turned(view, gesture, box) {
    if (!this.scape || !this.crowd) return view;
    const seen = { ...this.scape.view, freed: this.freedBy(gesture) };
    return moved(seen, gesture, box, this.crowd.layout, this.inset());
  }

  /** @param {import('../../types.js').Gesture} gesture */
  freedBy({ dx, dy }) {
    return dx || dy ? (this.host?.focus() ?? null) : this.view.freed;
  }

  /** @param {number} factor */
  zoom(factor) {
    const { width, height } = this.box;
    const top = this.inset().top;
    this.gesture({ kind: 'zoom', dx: 0, dy: 0, factor, x: width / 2, y: (height + top) / 2 });
  }

  /**
   * @param {number} right  parts of what is in sight
   * @param {number} down
   */
  move(right, down) {
    const { width, height } = this.box;
    this.gesture({ kind: 'drag', dx: right * width, dy: down * height, factor: 1, x: 0, y: 0 });
  }

  /** @param {import('../../types.js').Gesture} gesture */
  gesture(gesture) {
    this.host?.look(this.turned(this.view, gesture, this.box));
  }

  fit() {
    this.host?.look({ ...FITTED, freed: this.host.focus() });
  }

  /**
   * Put a point of the plane, in parts of it, in the middle.
   * @param {number} x
   * @param {number} y
   */
  centre(x, y) {
    if (!this.crowd || !this.scape) return;
    const { width, height } = this.crowd.layout;
    const freed = this.host?.focus() ?? null;
    this.host?.look({ ...this.scape.view, x: x * width, y: y * height, freed });
  }

  get box() {
    const { clientWidth: width = 0, clientHeight: height = 0 } = this.host?.stage ?? {};
    return { x: 0, y: 0, width, height };
  }
}
