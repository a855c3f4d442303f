/** Choose the renderer of a game: its own file where there is one, else the one that draws any JSON. */

import * as generic from './generic.js';

/** @typedef {import('../types.js').Renderer} Renderer */

/**
 * @param {string} game slug
 * @param {string[]} known slugs that have a file here
 * @returns {Promise<Renderer>}
 */
export async function rendererOf(game, known) {
  if (!known.includes(game) || !/^[a-z0-9_-]+$/.test(game)) return generic;
  return import(`./${game}.js`);
}
