/** Where zones lie: the profiles that runs are recorded in, and a row of columns for zones of other names. */

/** @typedef {{id: string, name: string, x: number, y: number, width: number, height: number}} Zone */
/** @typedef {{width: number, height: number, times: number, zones: Zone[]}} Layout */

/** @type {Record<string, [number, number, [string, string, number, number, number, number][]]>} */
const KNOWN = {
  three: [
    1000,
    600,
    [
      ['supporters', 'Supporters', 0, 0, 300, 600],
      ['neutral', 'Neutral', 300, 0, 400, 600],
      ['skeptics', 'Skeptics', 700, 0, 300, 600],
    ],
  ],
  four: [
    800,
    800,
    [
      ['high_aware_positive', 'Aware, positive', 400, 0, 400, 400],
      ['low_aware_positive', 'Unaware, positive', 0, 0, 400, 400],
      ['low_aware_negative', 'Unaware, negative', 0, 400, 400, 400],
      ['high_aware_negative', 'Aware, negative', 400, 400, 400, 400],
    ],
  ],
};

/**
 * The zones of these ids on a canvas, in their order.
 * @param {string[]} ids
 * @param {{width: number, height: number}} canvas
 * @returns {Layout}
 */
export function layoutOf(ids, { width, height }) {
  for (const [wide, high, zones] of Object.values(KNOWN)) {
    const found = ids.map((id) => zones.find(([known]) => known === id));
    if (!found.length || found.includes(undefined)) continue;
    const [across, down] = [width / wide, height / high];
    const placed = /** @type {typeof zones} */ (found).map(([id, name, x, y, w, h]) => ({
      id,
      name,
      x: x * across,
      y: y * down,
      width: w * across,
      height: h * down,
    }));
    return { width, height, times: Math.max(1, Math.round(across)), zones: placed };
  }
  const each = width / Math.max(1, ids.length);
  const zones = ids.map((id, place) => ({
    id,
    name: words(id),
    x: place * each,
    y: 0,
    width: each,
    height,
  }));
  return { width, height, times: 1, zones };
}

/**
 * An id as it is said: "early_adopter" is "Early adopter".
 * @param {string | null | undefined} id
 */
export function words(id) {
  const text = String(id ?? '').replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * A number as it is said: with a minus sign, not a hyphen, and so many decimal places, or as many as it has.
 * @param {number} value
 * @param {number} [places]
 */
export function figure(value, places) {
  const size = Math.abs(value);
  const text = places === undefined ? String(size) : size.toFixed(places);
  return value < 0 && Number(text) ? `−${text}` : text;
}
