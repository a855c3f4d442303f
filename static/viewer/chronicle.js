/** What the bar tells of a recording: its markers and its main number, from the index and from live ticks. */

/** @typedef {import('./types.js').Index} Index */
/** @typedef {import('./types.js').Marker} Marker */

export class Chronicle {
  constructor() {
    /** @type {Marker[]} in order */
    this.markers = [];
    /** @type {[number, number][]} tick and main number */
    this.points = [];
    /** The last tick that an index told of, or will tell of soon. */
    this.indexed = 0;
  }

  /**
   * Take what an index says; what live ticks told after its last one is kept.
   * @param {Index} index
   */
  describe(index) {
    this.indexed = index.shard.last_tick ?? 0;
    const later = this.markers.filter(({ tick }) => tick > this.indexed);
    this.markers = [...index.markers, ...later].sort((a, b) => a.tick - b.tick);
    this.points = [...metricPoints(index), ...this.points.filter(([tick]) => tick > this.indexed)];
  }

  /**
   * Take what a live tick tells, until an index tells it again.
   * @param {number} tick
   * @param {import('./types.js').Snapshot} snapshot
   * @param {import('./types.js').Renderer | null} renderer
   */
  note(tick, snapshot, renderer) {
    try {
      if (renderer?.metric) this.points.push([tick, renderer.metric(snapshot)]);
      for (const marker of renderer?.markers?.(snapshot) ?? []) {
        this.markers.push({ ...marker, tick });
      }
    } catch {
      // A snapshot that the renderer cannot read is told of where it is drawn.
    }
  }
}

/**
 * @param {Index} index
 * @returns {[number, number][]}
 */
function metricPoints({ metrics }) {
  const [series] = Object.values(metrics?.series ?? {});
  if (!metrics || !series) return [];
  return series.map((value, place) => [metrics.first_tick + place * metrics.step, value]);
}
