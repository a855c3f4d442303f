/** Read a world, or the graph of its paths, off the main thread. */

import { linesOf } from './graph.js';
import { readWorld } from './world.js';

const scope = /** @type {any} */ (self);

scope.onmessage = (/** @type {MessageEvent} */ { data: { id, kind, bytes } }) => {
  try {
    const stated = JSON.parse(new TextDecoder().decode(bytes));
    const read = kind === 'world' ? readWorld(stated) : linesOf(stated);
    scope.postMessage({ id, read }, buffersOf(read));
  } catch (error) {
    scope.postMessage({ id, failure: error instanceof Error ? error.message : String(error) });
  }
};

/** @param {any} read */
function buffersOf(read) {
  const arrays = [read.cells, read.lines, read.nodes, ...(read.faces ?? []).flatMap((/** @type {any} */ { places, shades }) => [places, shades])];
  return arrays.filter(Boolean).map(({ buffer }) => buffer);
}
