/** The plane on the page: three canvases on each other, and what was drawn last, so that it can be pointed at. */

import { make } from '../../page.js';
import { cameraOf, inSight, led } from './camera.js';
import { rgb, scaleOf } from './colours.js';
import { agentsOf } from './crowd.js';
import { DENSE, Ground } from './ground.js';
import { Points } from './points.js';
import { sceneOf, nearest, STRIDE, ties, trails, TRAIL_TICKS } from './scene.js';
import {
  changesOfZone,
  eventsUnderWay,
  followed,
  headOf,
  isNarrow,
  MOST_ARROWS,
  scaleOfStances,
  zoneNames,
} from './signs.js';
import { Stamps } from './stamps.js';

/** @typedef {import('../../types.js').Frame} Frame */
/** @typedef {import('../../types.js').Box} Box */
/** @typedef {import('../../types.js').Options} Options */
/** @typedef {import('./crowd.js').Agents} Agents */
/** @typedef {import('./town.js').Town} Town */

const NO_LINES = new Float32Array(0);
/** Agents are as large as there is room for, within these bounds in pixels. */
const LEAST_RADIUS = 1.4;
const MOST_RADIUS = 7;
/** A finger or a mouse is this far from an agent at most. */
const REACH = 14;
/** Pixels at the right that the small map takes. */
const BESIDE_THE_MAP = 152;

export class Scape {
  /**
   * @param {Town} town
   * @param {HTMLElement} stage
   */
  constructor(town, stage) {
    this.town = town;
    this.below = canvasBelow();
    this.middle = canvasBelow();
    stage.prepend(this.below, this.middle);
    this.ground = new Ground(this.below);
    const plain = new URLSearchParams(location.search).get('webgl') === '0';
    /** @type {Points | Stamps} */
    this.painter = (plain ? null : Points.on(this.middle, () => this.doWithout())) ?? this.doWithout();
    this.middle.dataset.painter = this.painter instanceof Points ? 'webgl2' : '2d';
    /** @type {any} */
    this.key = [];
    /** @type {import('./scene.js').Scene | null} */
    this.scene = null;
    this.lines = NO_LINES;
    /** @type {import('./camera.js').Camera} */
    this.camera = { scale: 1, left: 0, top: 0 };
    /** @type {import('./camera.js').View} */
    this.view = { zoom: 1, x: null, y: null, freed: null };
    /** @type {import('../../palette.js').Palette | null} whose colours these are */
    this.palette = null;
    /** @type {import('./points.js').Look['colours'] | null} */
    this.colours = null;
    this.fraction = 1;
    this.inset = { top: 0, bottom: 0 };
  }

  /** Paint without WebGL from now on, on a canvas of its own: one that had a card's context has no other. */
  doWithout() {
    const fresh = canvasBelow();
    this.middle.replaceWith(fresh);
    this.middle = fresh;
    this.middle.dataset.painter = '2d';
    this.painter = new Stamps(fresh);
    this.town.wake();
    return this.painter;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Frame} frame
   * @param {Box} box
   * @param {Options} options
   */
  draw(context, frame, box, options) {
    const { town } = this;
    const crowd = town.crowd;
    if (!crowd) return;
    this.fit(box, context.canvas);
    this.inset = town.inset();
    const agents = agentsOf(crowd, frame.snapshot);
    const before = frame.previous ? agentsOf(crowd, frame.previous) : null;
    this.gather(agents, before, frame, options);
    const scene = /** @type {import('./scene.js').Scene} */ (this.scene);
    this.fraction = frame.fraction;
    const place = options.focus === null ? -1 : (crowd.places.get(options.focus) ?? -1);
    const at = this.standing(agents, before, place);
    const view = /** @type {import('./camera.js').View} */ (options.view);
    this.view = led(view, options.focus, at);
    this.camera = cameraOf(this.view, box, crowd.layout, this.inset);
    const on = (/** @type {string} */ layer) => !options.hidden.has(layer);
    const look = this.look(scene, box, options, on);
    const events = on('events') ? (frame.snapshot.events ?? []) : [];
    const dense = on('density') && scene.passed >= DENSE ? { standing: agents.standing, pass: scene.pass } : null;
    this.ground.paint(crowd.layout, this.camera, options.palette, dense, events.map((/** @type {any} */ one) => one.affected_zone));
    this.painter.paint(scene, this.lines, this.camera, frame.fraction, look);
    this.sign(context, frame, box, options, { agents, events, at, place, radius: look.radius, on });
    town.map?.draw(this, agents, box, options.palette);
  }

  /**
   * The canvases below are as large as the board.
   * @param {Box} box
   * @param {HTMLCanvasElement} board
   */
  fit(box, board) {
    for (const canvas of [this.below, this.middle]) {
      if (canvas.width === board.width && canvas.height === board.height) continue;
      canvas.width = board.width;
      canvas.height = board.height;
      canvas.style.width = `${box.width}px`;
      canvas.style.height = `${box.height}px`;
    }
  }

  /**
   * Make the scene anew where the tick, the choice or the layers are others than before.
   * @param {Agents} agents
   * @param {Agents | null} before
   * @param {Frame} frame
   * @param {Options} options
   */
  gather(agents, before, { tick }, { hidden, focus, palette }) {
    const { town } = this;
    const key = [agents, before, town.version, hidden.has('trails'), hidden.has('influence'), focus, palette];
    if (this.scene && key.every((part, place) => part === this.key[place])) return;
    this.key = key;
    const place = focus === null ? -1 : (town.crowd?.places.get(focus) ?? -1);
    const order = place < 0 ? town.order : first(town.order, place);
    const choice = { filter: town.filter, most: town.most, order };
    this.scene = sceneOf(agents, before, choice);
    const parts = [];
    if (!hidden.has('trails')) {
      parts.push(trails(this.scene, agents, this.history(agents, tick), rgb(palette.quiet)));
    }
    if (!hidden.has('influence')) {
      parts.push(ties(this.scene, agents.crowd, place, rgb(place < 0 ? palette.quiet : palette.life)));
    }
    this.lines = joined(parts);
    town.showNumbers(this.scene);
  }

  /**
   * The ticks before this one that are here, the latest first.
   * @param {Agents} agents
   * @param {number} tick
   */
  history({ crowd }, tick) {
    const found = [];
    for (let at = tick - 1; at >= tick - TRAIL_TICKS; at -= 1) {
      const agents = this.town.agentsAt(at);
      if (!agents || agents.crowd !== crowd) break;
      found.push(agents);
    }
    return found;
  }

  /**
   * Where an agent is at this moment, or null where it is not.
   * @param {Agents} agents
   * @param {Agents | null} before
   * @param {number} place
   */
  standing(agents, before, place) {
    if (place < 0 || agents.zone[place] < 0) return null;
    const to = agents.standing;
    const from = before && before.zone[place] >= 0 ? before.standing : to;
    const part = (/** @type {'x' | 'y'} */ axis) =>
      from[axis][place] + (to[axis][place] - from[axis][place]) * this.fraction;
    return { x: part('x'), y: part('y') };
  }

  /**
   * @param {import('./scene.js').Scene} scene
   * @param {Box} box
   * @param {Options} options
   * @param {(layer: string) => boolean} on
   * @returns {import('./points.js').Look}
   */
  look(scene, box, { palette }, on) {
    const world = /** @type {import('./crowd.js').Crowd} */ (this.town.crowd).layout;
    const area = world.width * world.height * (this.camera.scale / this.view.zoom) ** 2;
    const room = Math.sqrt(area / Math.max(1, scene.shown.length)) * 0.26;
    const radius = Math.min(MOST_RADIUS, Math.max(LEAST_RADIUS, room)) * Math.sqrt(Math.min(4, this.view.zoom));
    if (this.palette !== palette) {
      this.palette = palette;
      this.colours = { ...scaleOf(palette), ink: rgb(palette.ink), ground: rgb(palette.ground) };
    }
    return {
      radius,
      stance: on('stance'),
      emotion: on('emotion'),
      influence: on('influence'),
      exposure: on('exposure'),
      colours: /** @type {import('./points.js').Look['colours']} */ (this.colours),
    };
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Frame} frame
   * @param {Box} box
   * @param {Options} options
   * @param {{agents: Agents, events: any[], at: {x: number, y: number} | null, place: number, radius: number, on: (layer: string) => boolean}} what
   */
  sign(context, { snapshot }, box, { palette }, { agents, events, at, place, radius, on }) {
    const { town, camera, scene } = this;
    const { crowd } = agents;
    if (on('moves')) changesOfZone(context, this.moves(snapshot), palette);
    if (at) followed(context, this.pixels(at.x, at.y), radius, crowd.name(place), palette);
    zoneNames(context, crowd, town.countsOf(snapshot, scene), camera, box, { inset: this.inset, head: headOf(box.width) }, palette);
    const foot = crowd.layout.height * camera.scale + camera.top;
    eventsUnderWay(context, events, box, foot, palette);
    const free = this.view.zoom > 1 && !isNarrow(box.width) ? box.width - BESIDE_THE_MAP : box.width;
    const right = Math.min(free, camera.left + crowd.layout.width * camera.scale);
    if (on('stance') && !(events.length && isNarrow(box.width))) scaleOfStances(context, box, right, foot, palette);
  }

  /**
   * Changes of zone of those who are drawn, in pixels.
   * @param {import('../../types.js').Snapshot} snapshot
   */
  moves(snapshot) {
    const { scene, fraction } = this;
    if (!scene) return [];
    const { scale, left, top } = this.camera;
    const { points } = scene;
    const drawn = drawnMoves(scene, snapshot);
    for (const { row, from, to } of drawn) {
      const at = row * STRIDE;
      from[0] = points[at] * scale + left;
      from[1] = points[at + 1] * scale + top;
      to[0] = (points[at] + (points[at + 2] - points[at]) * fraction) * scale + left;
      to[1] = (points[at + 1] + (points[at + 3] - points[at + 1]) * fraction) * scale + top;
    }
    return drawn;
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  pixels(x, y) {
    const { scale, left, top } = this.camera;
    return { x: x * scale + left, y: y * scale + top };
  }

  /**
   * The place of the agent drawn at a point of the box, or -1.
   * @param {number} x
   * @param {number} y
   */
  at(x, y) {
    const { scale, left, top } = this.camera;
    if (!this.scene) return -1;
    return nearest(this.scene, this.fraction, (x - left) / scale, (y - top) / scale, REACH / scale);
  }

  /** @param {Box} box */
  inSight(box) {
    return inSight(this.camera, box);
  }
}

function canvasBelow() {
  const made = /** @type {HTMLCanvasElement} */ (make('canvas', 'board board-below'));
  made.setAttribute('aria-hidden', 'true');
  return made;
}

/** @typedef {{row: number, from: number[], to: number[], reason: string | null}} Move  of a row of the scene, in pixels */

/** @type {WeakMap<import('./scene.js').Scene, Move[]>} */
const movesOf = new WeakMap();

/**
 * The changes of zone of those who are drawn, found once a scene; where they are is told each frame.
 * @param {import('./scene.js').Scene} scene
 * @param {import('../../types.js').Snapshot} snapshot
 */
function drawnMoves(scene, { transitions = [] }) {
  const known = movesOf.get(scene);
  if (known) return known;
  const changed = new Map(transitions.map((/** @type {any[]} */ [place, , , reason]) => [place, reason]));
  /** @type {Move[]} */
  const moves = [];
  for (let row = 0; row < scene.shown.length && moves.length < MOST_ARROWS; row += 1) {
    const reason = changed.get(scene.shown[row]);
    if (reason !== undefined) moves.push({ row, from: [0, 0], to: [0, 0], reason });
  }
  movesOf.set(scene, moves);
  return moves;
}

/**
 * The order with one agent before all others: who is followed is drawn, sampled or not.
 * @param {Int32Array} order
 * @param {number} place
 */
function first(order, place) {
  const result = new Int32Array(order.length);
  result[0] = place;
  let at = 1;
  for (const one of order) if (one !== place) result[at++] = one;
  return result;
}

/** @param {Float32Array[]} parts */
function joined(parts) {
  if (!parts.length) return NO_LINES;
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
}
