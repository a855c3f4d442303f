/** Which agents are drawn where there are too many: an order of all, of which a sample is the head. */

/** @typedef {import('./crowd.js').Agents} Agents */

/**
 * A representative order: every stratum (zone at the first tick × segment) in proportion and one of
 * each at least, so that a larger sample shows all of a smaller one.
 * @param {Agents} first
 * @returns {Int32Array}
 */
export function representative(first) {
  const { crowd, zone } = first;
  const segment = first.numbers('segment');
  const hashes = crowd.ids.map(digest);
  /** @type {Map<string, number[]>} */
  const strata = new Map();
  for (let place = 0; place < crowd.count; place += 1) {
    const key = `${zone[place]} ${segment ? segment[place] : ''}`;
    const stratum = strata.get(key) ?? [];
    stratum.push(place);
    strata.set(key, stratum);
  }
  const way = new Float64Array(crowd.count);
  for (const stratum of strata.values()) {
    stratum.sort((a, b) => hashes[a] - hashes[b]);
    stratum.forEach((place, rank) => {
      way[place] = rank ? (rank + 0.5) / stratum.length : -stratum.length;
    });
  }
  const order = Int32Array.from(way.keys());
  return order.sort((a, b) => way[a] - way[b] || hashes[a] - hashes[b]);
}

/**
 * FNV-1a with a last stir, so that ids that differ by one digit lie far apart.
 * @param {string} text
 */
export function digest(text) {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
