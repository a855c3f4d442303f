/** Worlds and graphs of paths by their hash: fetched once, read in a worker, a few kept. */

import { askBytes, getBytes } from '../../wire.js';
import { linesOf } from './graph.js';
import { readWorld } from './world.js';

/** @typedef {import('./world.js').World} World */
/** @typedef {import('./graph.js').Lines} Lines */

/** So many worlds are kept, the one used last longest. */
const MOST_KEPT = 4;

/** @type {Worker | null | undefined} */
let worker;
let last = 0;
/** @type {Map<number, {resolve: (read: any) => void, reject: (error: Error) => void}>} */
const waiting = new Map();

/**
 * A store of what is read from bytes, by name; each is fetched once however often it is asked for.
 * @template T
 */
class Kept {
  /** @param {(name: string) => Promise<T>} load */
  constructor(load) {
    this.load = load;
    /** @type {Map<string, Promise<T>>} least recently used first */
    this.found = new Map();
  }

  /** @param {string} name */
  get(name) {
    const found = this.found.get(name) ?? this.load(name);
    this.found.delete(name);
    this.found.set(name, found);
    found.catch(() => this.found.delete(name));
    const [oldest] = this.found.keys();
    if (this.found.size > MOST_KEPT) this.found.delete(oldest);
    return found;
  }
}

/** Worlds by hash. @type {Kept<World>} */
export const worlds = new Kept(async (name) => read('world', await getBytes(`/worlds/${name}`)));

/** Graphs by the hash of their world. @type {Kept<Lines>} */
export const graphs = new Kept(async (name) => read('graph', await askBytes('/nav/graph', { world_hash: name })));

/**
 * The cheapest way between two points in voxels, as it is answered in metres.
 * @param {string} name
 * @param {number} scale
 * @param {number[]} start
 * @param {number[]} goal
 */
export async function wayBetween(name, scale, start, goal) {
  const [start_pos, goal_pos] = [start, goal].map((point) => point.map((side) => side * scale));
  const bytes = await askBytes('/nav/path', { world_hash: name, start_pos, goal_pos });
  return JSON.parse(new TextDecoder().decode(bytes));
}

/**
 * @param {'world' | 'graph'} kind
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<any>}
 */
function read(kind, bytes) {
  worker = worker === undefined ? started() : worker;
  if (!worker) {
    const stated = JSON.parse(new TextDecoder().decode(bytes));
    return Promise.resolve(kind === 'world' ? readWorld(stated) : linesOf(stated));
  }
  last += 1;
  const id = last;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker?.postMessage({ id, kind, bytes }, [bytes.buffer]);
  });
}

function started() {
  try {
    const made = new Worker(new URL('./world_worker.js', import.meta.url), { type: 'module' });
    made.onmessage = ({ data: { id, read, failure } }) => {
      const answer = waiting.get(id);
      waiting.delete(id);
      if (failure) answer?.reject(new Error(failure));
      else answer?.resolve(read);
    };
    made.onerror = () => {
      for (const { reject } of waiting.values()) reject(new Error('The world cannot be read.'));
      waiting.clear();
    };
    return made;
  } catch {
    return null;
  }
}
