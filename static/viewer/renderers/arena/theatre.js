/** What the reader of a fight has before them: its world, how it is seen, and which overlays lie on it. */

import { make } from '../../page.js';
import { FITTED, inMode, moved, rayOf, projected } from './camera.js';
import { drawFlat } from './flat.js';
import { wayOf } from './graph.js';
import { drawLabels } from './labels.js';
import { mechOf } from './mechs.js';
import { pictureOf } from './picture.js';
import { freeWay, groundOn, mechOn } from './picking.js';
import { drawerHere } from './quality.js';
import { graphs, wayBetween, worlds } from './worlds.js';

/** @typedef {import('../../types.js').Host} Host */
/** @typedef {import('../../types.js').Box} Box */
/** @typedef {import('../../types.js').Frame} Frame */
/** @typedef {import('../../types.js').Options} Options */
/** @typedef {import('./camera.js').View} View */
/** @typedef {import('./camera.js').Mode} Mode */
/** @typedef {import('./camera.js').Point} Point */
/** @typedef {import('./world.js').World} World */
/** @typedef {import('./picture.js').Picture} Picture */

/** A finger is this far from a mech's middle at most, in pixels. */
const REACH = 16;

export class Theatre {
  constructor() {
    /** @type {Host | null} */
    this.host = null;
    /** @type {World | null} */
    this.world = null;
    /** @type {string | null} */
    this.name = null;
    /** @type {string | null} what could not be had, in words */
    this.trouble = null;
    /** @type {string | null} what is on its way */
    this.loading = null;
    /** @type {import('./scene.js').Scene | null} */
    this.scene = null;
    /** @type {HTMLCanvasElement | null} */
    this.canvas = null;
    /** Whether the arena is seen from above for want of WebGL2. */
    this.flat = false;
    /** @type {import('./graph.js').Lines | null} */
    this.graph = null;
    this.asking = false;
    /** Whether a press on the ground chooses an end of a way. */
    this.choosing = false;
    /** @type {Point[]} */
    this.ends = [];
    /** @type {Point[]} */
    this.way = [];
    /** @type {string} what came of the last way that was asked for */
    this.wayWords = '';
    /** @type {Picture | null} */
    this.picture = null;
    /** @type {import('./controls.js').Controls | null} */
    this.controls = null;
  }

  /** @param {Host} host */
  attach(host) {
    this.host = host;
    this.canvas = /** @type {HTMLCanvasElement} */ (make('canvas', 'board board-below'));
    this.canvas.setAttribute('aria-hidden', 'true');
    host.stage.prepend(this.canvas);
    this.build();
  }

  /** Three is fetched by the pages of the arena alone, and only where it can draw. */
  async build() {
    const drawer = new URLSearchParams(location.search).get('webgl') === '0' ? null : drawerHere();
    if (!drawer) return this.flatten();
    this.say('the scene');
    try {
      const { Scene } = await import('./scene.js');
      const canvas = /** @type {HTMLCanvasElement} */ (this.canvas);
      this.scene = new Scene(canvas, { software: drawer === 'software', lost: () => this.flatten() });
      canvas.dataset.painter = 'webgl2';
    } catch {
      this.flatten();
    }
    this.say(null);
  }

  /** Without WebGL2, or when the browser takes it away, the arena is seen from above on the board itself. */
  flatten() {
    this.scene?.dispose();
    this.scene = null;
    this.flat = true;
    if (this.canvas) {
      this.canvas.hidden = true;
      this.canvas.dataset.painter = '2d';
    }
    this.controls?.show();
    this.host?.wake();
  }

  /** @param {string | null} loading */
  say(loading) {
    this.loading = loading;
    this.host?.wake();
  }

  /** Fetch the world of the recording as soon as it is known which. */
  async seek() {
    const name = this.host?.world() ?? null;
    if (name === this.name) return;
    this.name = name;
    this.world = this.graph = null;
    if (!name) return;
    this.say('the world');
    try {
      const world = await worlds.get(name);
      if (this.name !== name) return;
      this.world = world;
      this.trouble = null;
    } catch (error) {
      this.trouble = `The world could not be fetched. ${wordsOf(error)}`;
    }
    this.say(null);
  }

  /** Ask for the world again after it could not be had. */
  retry() {
    this.trouble = null;
    this.name = null;
    this.seek();
  }

  /** Fetch the graph of paths when it is first wanted. */
  async seekGraph() {
    const { name } = this;
    if (!name || this.graph || this.asking) return;
    this.asking = true;
    this.say('the paths');
    try {
      const graph = await graphs.get(name);
      if (name === this.name) this.graph = graph;
    } catch (error) {
      this.host?.speak(`The paths could not be fetched. ${wordsOf(error)}`);
      this.trouble = `The paths could not be fetched. ${wordsOf(error)}`;
    }
    this.asking = false;
    this.say(null);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Frame} frame
   * @param {Box} box
   * @param {Options} options
   */
  draw(context, frame, box, options) {
    this.seek();
    if (!options.hidden.has('graph') && !this.trouble) this.seekGraph();
    const { world, graph, way, ends, flat } = this;
    this.picture = pictureOf(frame, box, options, { world, graph, way, ends, flat });
    if (flat) drawFlat(context, this.picture);
    else this.scene?.paint(this.picture);
    if (flat || this.scene) drawLabels(context, this.picture);
    this.controls?.draw(this.picture);
  }

  /**
   * @param {View} view
   * @param {import('../../types.js').Gesture} gesture
   */
  turned(view, gesture) {
    if (!this.picture) return view;
    const { pose, extent, focus } = this.picture;
    const seen = this.flat ? { ...view, mode: /** @type {Mode} */ ('top') } : view;
    return { ...moved(seen, gesture, pose, { extent, focus }), mode: view.mode };
  }

  /**
   * See the arena another way.
   * @param {Mode} mode
   */
  see(mode) {
    const { host, picture } = this;
    if (!host) return;
    const focus = mode === 'follow' ? (host.focus() ?? this.worthiest()) : host.focus();
    if (mode === 'follow' && focus) host.choose(focus);
    host.look(inMode(/** @type {View} */ (host.view()), mode, picture?.pose ?? null, focus));
    this.controls?.show();
    host.speak({ orbit: 'Camera round the arena.', follow: focus ? `Camera follows ${focus}.` : 'There is no mech to follow.', top: 'Camera from above.' }[mode]);
  }

  /** Who is followed when nobody was chosen: who stands nearest to what is seen. */
  worthiest() {
    const { picture } = this;
    if (!picture) return null;
    const [x, y] = picture.pose.target;
    const alive = picture.mechs.filter(({ standing }) => standing !== 'dead');
    alive.sort((a, b) => Math.hypot(a.at[0] - x, a.at[1] - y) - Math.hypot(b.at[0] - x, b.at[1] - y));
    return alive[0]?.id ?? null;
  }

  /**
   * Nearer, farther, or turned, by a key or a button.
   * @param {{factor?: number, turn?: number}} by
   */
  nudge({ factor = 1, turn = 0 }) {
    const { host, picture } = this;
    if (!host || !picture) return;
    const { width, height } = picture.pose.box;
    const gesture = { dx: turn, dy: 0, factor, x: width / 2, y: height / 2 };
    host.look(this.turned(/** @type {View} */ (host.view()), { ...gesture, kind: turn ? 'drag' : 'zoom' }));
  }

  fit() {
    this.host?.look({ ...FITTED, freed: this.host.focus() });
    this.controls?.show();
  }

  /**
   * The mech at a pixel of the board, or null.
   * @param {number} x
   * @param {number} y
   */
  at(x, y) {
    const { picture } = this;
    if (!picture) return null;
    const { pose, mechs, world } = picture;
    const ray = rayOf(pose, x, y);
    const met = mechOn(mechs, pose.eye, ray);
    if (met && (!world || this.flat || freeWay(world, pose.eye, ray, met.far) >= met.far - 1)) return met.mech;
    let [found, least] = [/** @type {import('./mechs.js').Mech | null} */ (null), REACH];
    for (const mech of mechs) {
      const spot = projected(pose, mech.at);
      const away = spot ? Math.hypot(spot.x - x, spot.y - y) : Infinity;
      if (away < least) [found, least] = [mech, away];
    }
    return found;
  }

  /**
   * While ends of a way are chosen, a press on the board is one of them.
   * @param {number} x
   * @param {number} y
   */
  press(x, y) {
    if (!this.choosing || !this.picture || !this.world) return false;
    const mech = this.at(x, y);
    const { pose } = this.picture;
    const point = mech ? footOf(mech) : groundOn(this.world, pose.eye, rayOf(pose, x, y));
    if (point) this.choose(point);
    return true;
  }

  /** @param {Point} point */
  choose(point) {
    if (this.ends.length >= 2) this.ends = [];
    this.ends = [...this.ends, point];
    this.way = [];
    this.wayWords = '';
    if (this.ends.length === 2) this.ask();
    this.controls?.show();
    this.host?.wake();
  }

  /** Begin to choose a way, from the mech that is followed where there is one; or leave off. */
  toggleWay() {
    this.choosing = !this.choosing;
    this.ends = [];
    this.way = [];
    this.wayWords = '';
    const focus = this.host?.focus() ?? null;
    const mech = this.choosing ? this.picture?.mechs.find(({ id }) => id === focus) : undefined;
    if (mech) this.choose(footOf(mech));
    this.controls?.show();
    this.host?.wake();
  }

  /** Ask for the cheapest way between the two ends. */
  async ask() {
    const { name, world, ends } = this;
    if (!name || !world) return;
    this.wayWords = 'Looking for a way…';
    try {
      const answer = await wayBetween(name, world.scale, ends[0], ends[1]);
      if (this.ends !== ends) return;
      this.way = answer.found ? /** @type {Point[]} */ (wayOf(answer, world.scale)) : [];
      this.wayWords = answer.found ? `${answer.stats.length} steps, cost ${answer.stats.cost.toFixed(1)}` : `${answer.error}.`;
    } catch (error) {
      this.wayWords = `No way could be asked for. ${wordsOf(error)}`;
    }
    this.host?.speak(this.wayWords);
    this.controls?.show();
    this.host?.wake();
  }

  /**
   * @param {import('../../types.js').Snapshot} snapshot
   * @param {string} id
   */
  mechIn(snapshot, id) {
    const state = snapshot.mechs?.[id];
    return state?.pos ? mechOf(id, state, null, 1) : null;
  }
}

/** @param {import('./mechs.js').Mech} mech @returns {Point} */
function footOf({ at: [x, y, z], size }) {
  return [x, y, Math.max(0, z - size[2] / 2)];
}

/** @param {unknown} error */
function wordsOf(error) {
  return error instanceof Error ? error.message : '';
}
