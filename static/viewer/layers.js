/** Switches for what is drawn on the board, as far as the renderer offers them. */

import { make, part } from './page.js';

/** Said in the address where every layer is on, though not all are usually. */
const NONE = 'none';

/** @typedef {import('./types.js').Layer} Layer */

/**
 * What an address has to say of the layers that are off: nothing where all is as usual.
 * @param {Layer[]} layers
 * @param {ReadonlySet<string>} hidden
 */
export function hideOf(layers, hidden) {
  const off = usual(layers);
  if (off.length === hidden.size && off.every((id) => hidden.has(id))) return [];
  return hidden.size ? [...hidden] : [NONE];
}

/** @param {Layer[]} layers */
function usual(layers) {
  return layers.filter(({ off }) => off).map(({ id }) => id);
}

/**
 * @param {Layer[]} layers
 * @param {string} id
 */
function isOne(layers, id) {
  return layers.some((layer) => layer.id === id);
}

/**
 * @param {import('./types.js').Layer[]} layers
 * @param {string[]} off
 * @param {() => void} changed
 * @returns {Set<string>} the layers that are off, kept up to date
 */
export function wireLayers(layers, off, changed) {
  const hidden = new Set(off.length ? off.filter((id) => isOne(layers, id)) : usual(layers));
  part('layers').replaceChildren(
    ...layers.map(({ id, label }) => {
      const box = /** @type {HTMLInputElement} */ (make('input'));
      box.type = 'checkbox';
      box.checked = !hidden.has(id);
      box.dataset.layer = id;
      box.addEventListener('change', () => {
        if (box.checked) hidden.delete(id);
        else hidden.add(id);
        changed();
      });
      const line = make('label');
      line.append(box, label);
      return line;
    }),
  );
  return hidden;
}
