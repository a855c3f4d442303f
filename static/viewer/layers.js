/** Switches for what is drawn on the board, as far as the renderer offers them. */

import { make, part } from './page.js';

/**
 * @param {import('./types.js').Layer[]} layers
 * @param {string[]} off
 * @param {() => void} changed
 * @returns {Set<string>} the layers that are off, kept up to date
 */
export function wireLayers(layers, off, changed) {
  const hidden = new Set(off.filter((id) => layers.some((layer) => layer.id === id)));
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
