/** The agents of a run: what never changes, from the first snapshot, and their values at each tick. */

import { NOTHING, one, unpack } from './columns.js';
import { layoutOf, words } from './layouts.js';
import { digest } from './sampling.js';

/** @typedef {import('../../types.js').Snapshot} Snapshot */
/** @typedef {'stance' | 'emotion' | 'influence' | 'exposure'} Measure */

/** Part of a zone that agents without a place of their own keep to its border. */
const MARGIN = 0.04;

export class Crowd {
  /** @param {Snapshot} first  the snapshot that tells the crowd */
  constructor(first) {
    const told = first.crowd;
    /** @type {string[]} */
    this.ids = told.ids;
    /** @type {string[] | null} */
    this.names = told.names;
    /** @type {Record<string, string[]>} */
    this.words = told.words ?? {};
    /** @type {string[]} */
    this.notes = told.notes ?? [];
    /** @type {Record<string, number>} */
    this.scales = told.scales ?? {};
    /** @type {Record<string, string>} */
    this.constant = told.constant ?? {};
    /** @type {Map<string, Int16Array>} */
    this.unpacked = new Map();
    /** @type {[string, string, string | null][]} */
    this.blocks = told.edges ?? [];
    this.layout = layoutOf(this.words.zone ?? [], first.canvas ?? { width: 1000, height: 600 });
    this.segments = this.words.segment ?? [];
    /** @type {Map<string, number>} */
    this.places = new Map(this.ids.map((id, place) => [id, place]));
    /** @type {Edges | null} */
    this.joined = null;
    /** @type {Int32Array | null} */
    this.ranked = null;
  }

  get count() {
    return this.ids.length;
  }

  get zones() {
    return this.layout.zones;
  }

  /** @param {number} place */
  name(place) {
    if (this.names?.[place]) return this.names[place];
    const known = ['region', 'segment'].map((name) => this.word(name, place)).filter(Boolean);
    return known.length ? `${known.map(words).join(' ')} #${place + 1}` : this.ids[place];
  }

  /**
   * What a constant column of words says of an agent.
   * @param {string} name
   * @param {number} place
   */
  word(name, place) {
    const text = this.constant[name];
    return text === undefined ? null : (this.words[name]?.[one(text, place)] ?? null);
  }

  /**
   * A constant column, unpacked once.
   * @param {string} name
   */
  column(name) {
    const text = this.constant[name];
    if (text === undefined) return null;
    const numbers = this.unpacked.get(name) ?? unpack(text);
    this.unpacked.set(name, numbers);
    return numbers;
  }

  /** Who is listened to by whom; read when it is first asked for. */
  get edges() {
    this.joined ??= joined(this.blocks);
    return this.joined;
  }

  /** Ties in the order of their strength, or where it is not recorded of who is listened to; worked out once. */
  get strongest() {
    this.ranked ??= ranked(this.edges, this.column('influence'));
    return this.ranked;
  }

  /**
   * Recorded ties of an agent, the strongest first.
   * @param {number} place
   */
  ties(place) {
    const { from, to, strength } = this.edges;
    const found = [];
    for (let edge = 0; edge < from.length; edge += 1) {
      if (from[edge] === place)
        found.push({ other: to[edge], strength: strength[edge], outgoing: true });
      else if (to[edge] === place)
        found.push({ other: from[edge], strength: strength[edge], outgoing: false });
    }
    return found.sort((a, b) => (b.strength || 0) - (a.strength || 0));
  }
}

/** @typedef {{from: Int16Array, to: Int16Array, strength: Float32Array}} Edges */

/**
 * @param {[string, string, string | null][]} blocks
 * @returns {Edges}
 */
function joined(blocks) {
  const read = blocks.map(([from, to, strength]) => ({
    from: unpack(from),
    to: unpack(to),
    strength: strength === null ? null : unpack(strength),
  }));
  const size = read.reduce((sum, { from }) => sum + from.length, 0);
  const all = {
    from: new Int16Array(size),
    to: new Int16Array(size),
    strength: new Float32Array(size),
  };
  let start = 0;
  for (const { from, to, strength } of read) {
    all.from.set(from, start);
    all.to.set(to, start);
    for (let edge = 0; edge < from.length; edge += 1) {
      all.strength[start + edge] = strength ? strength[edge] / 1000 : NaN;
    }
    start += from.length;
  }
  return all;
}

/**
 * @param {Edges} edges
 * @param {Int16Array | null} influence
 */
function ranked({ from, strength }, influence) {
  const weights = Float32Array.from(strength, (known, edge) =>
    Number.isNaN(known) ? (influence?.[from[edge]] ?? 0) / 1000 : known,
  );
  return Int32Array.from(weights.keys()).sort((a, b) => weights[b] - weights[a]);
}

/** What is known of everybody at one tick; columns are unpacked when they are first asked for. */
export class Agents {
  /**
   * @param {Crowd} crowd
   * @param {Snapshot} snapshot
   */
  constructor(crowd, snapshot) {
    this.crowd = crowd;
    /** @type {Record<string, string>} */
    this.texts = snapshot.agents ?? {};
    /** @type {Map<string, Float32Array | null>} */
    this.measured = new Map();
    /** @type {Map<string, Int16Array | null>} */
    this.counted = new Map();
    /** @type {{x: Float32Array, y: Float32Array} | null} */
    this.stood = null;
  }

  /**
   * A column as recorded, or null where it is not.
   * @param {string} name
   */
  numbers(name) {
    let found = this.counted.get(name);
    if (found === undefined) {
      const text = this.texts[name];
      found = text === undefined ? this.crowd.column(name) : unpack(text);
      this.counted.set(name, found);
    }
    return found;
  }

  /**
   * A column in its own unit, NaN where a value is not known; null where the column is not recorded.
   * @param {Measure | 'x' | 'y'} name
   */
  values(name) {
    let found = this.measured.get(name);
    if (found === undefined) {
      const numbers = this.numbers(name);
      found = numbers && measured(numbers, this.crowd.scales[name] ?? 1);
      this.measured.set(name, found);
    }
    return found;
  }

  /** Zones by place in the crowd's list; below 0 for who is not there. */
  get zone() {
    return this.numbers('zone') ?? new Int16Array(this.crowd.count).fill(NOTHING);
  }

  /** Where everybody stands: as recorded where that is on the canvas, else laid out in their zone. */
  get standing() {
    this.stood ??= stand(this);
    return this.stood;
  }

  /**
   * One agent in words and figures.
   * @param {number} place
   */
  told(place) {
    const { crowd } = this;
    /** @type {Record<string, any>} */
    const told = { id: crowd.ids[place], name: crowd.name(place) };
    for (const name of ['zone', 'segment', 'region', 'action']) {
      const number = this.number(name, place);
      if (number !== null && number >= 0) told[name] = crowd.words[name]?.[number] ?? null;
    }
    for (const name of ['stance', 'emotion', 'influence', 'exposure']) {
      const number = this.number(name, place);
      if (number !== null && number !== NOTHING) told[name] = number / (crowd.scales[name] ?? 1);
    }
    return told;
  }

  /**
   * One number of a column; the whole column stays packed where nobody needs it.
   * @param {string} name
   * @param {number} place
   */
  number(name, place) {
    const column = this.counted.get(name);
    if (column) return column[place];
    const text = this.texts[name] ?? this.crowd.constant[name];
    return text === undefined ? null : one(text, place);
  }
}

/**
 * @param {Int16Array} numbers
 * @param {number} scale
 */
function measured(numbers, scale) {
  const values = new Float32Array(numbers.length);
  for (let place = 0; place < numbers.length; place += 1) {
    values[place] = numbers[place] === NOTHING ? NaN : numbers[place] / scale;
  }
  return values;
}

/** @param {Agents} agents */
function stand(agents) {
  const { crowd, zone } = agents;
  const { width, height, times, zones } = crowd.layout;
  const [recordedX, recordedY] = [agents.values('x'), agents.values('y')];
  const x = new Float32Array(crowd.count);
  const y = new Float32Array(crowd.count);
  for (let place = 0; place < crowd.count; place += 1) {
    const wide = recordedX ? recordedX[place] * times : NaN;
    const high = recordedY ? recordedY[place] * times : NaN;
    if (wide >= 0 && wide <= width && high >= 0 && high <= height) {
      x[place] = wide;
      y[place] = high;
      continue;
    }
    const home = zones[zone[place]] ?? { x: 0, y: 0, width, height };
    const hash = digest(crowd.ids[place]);
    x[place] = home.x + home.width * (MARGIN + (1 - 2 * MARGIN) * ((hash & 0xffff) / 65536));
    y[place] = home.y + home.height * (MARGIN + (1 - 2 * MARGIN) * ((hash >>> 16) / 65536));
  }
  return { x, y };
}

/** @type {WeakMap<Snapshot, Agents>} */
const known = new WeakMap();

/**
 * The agents of a snapshot, read once.
 * @param {Crowd} crowd
 * @param {Snapshot} snapshot
 */
export function agentsOf(crowd, snapshot) {
  let agents = known.get(snapshot);
  if (!agents || agents.crowd !== crowd) {
    agents = new Agents(crowd, snapshot);
    known.set(snapshot, agents);
  }
  return agents;
}
