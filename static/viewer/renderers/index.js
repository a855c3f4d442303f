/** Choose the renderer of a game: its own file where there is one, else the one that draws any JSON. */

import { genericOf } from './generic.js';

/** @typedef {import('../types.js').Renderer} Renderer */

/**
 * @param {string} game slug
 * @param {string[]} known slugs that have a file here
 * @param {Record<string, any> | null} [hints] how the recording wants to be shown where there is no file
 * @returns {Promise<Renderer>}
 */
export async function rendererOf(game, known, hints) {
  if (!known.includes(game) || !/^[a-z0-9_-]+$/.test(game)) return genericOf(hints);
  return import(`./${game}.js`);
}
