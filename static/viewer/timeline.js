/** The time bar: one slider that is read, dragged and touched; what it shows is drawn by timeline_drawing. */

import { drawTimeline, PAD } from './timeline_drawing.js';
import { markersNear, partOf, tickAt } from './marks.js';

/** How near the pointer a marker is spoken of. */
const REACH_PIXELS = 6;

/**
 * @typedef {object} Model
 * @property {number} first
 * @property {number} last
 * @property {number} tick
 * @property {number} head  the playhead, between ticks
 * @property {import('./types.js').Marker[]} markers
 * @property {Record<string, import('./types.js').Mark>} marks
 * @property {[number, number][]} points
 * @property {import('./ranges.js').Run[]} loaded
 * @property {{first: number, last: number}[]} fetching
 * @property {import('./ranges.js').Run[]} gaps
 * @property {{from: number, to: number} | null} clip
 * @property {(tick: number) => string} clockAt
 * @property {string} words  the present tick in words
 */

export class Timeline {
  /**
   * @param {HTMLElement} slider
   * @param {{seek: (tick: number, scrubbing: boolean) => void}} listener
   */
  constructor(slider, { seek }) {
    this.slider = slider;
    this.seek = seek;
    this.canvas = /** @type {HTMLCanvasElement} */ (slider.querySelector('canvas'));
    this.tip = /** @type {HTMLElement} */ (slider.querySelector('.timeline-tip'));
    /** @type {Model | null} */
    this.model = null;
    /** @type {import('./palette.js').Palette | null} */
    this.palette = null;
    /** @type {number | null} the tick under the pointer */
    this.hovered = null;
    this.dragging = false;
    /** The tick to which the playhead was dragged: the model follows a little later. */
    this.sought = 0;
    this.width = 0;
    this.height = 0;
    this.cache = {};
    new ResizeObserver(() => this.fit()).observe(slider);
    this.fit();
    this.listen();
  }

  fit() {
    const { width, height } = this.slider.getBoundingClientRect();
    const ratio = devicePixelRatio || 1;
    [this.width, this.height] = [Math.floor(width), Math.floor(height)];
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.canvas.style.width = `${this.width}px`;
    this.canvas.style.height = `${this.height}px`;
    this.draw();
  }

  /**
   * @param {Model} model
   * @param {import('./palette.js').Palette} palette
   */
  update(model, palette) {
    this.model = model;
    this.palette = palette;
    this.slider.setAttribute('aria-valuemin', String(model.first));
    this.slider.setAttribute('aria-valuemax', String(model.last));
    this.slider.setAttribute('aria-valuenow', String(model.tick));
    this.slider.setAttribute('aria-valuetext', model.words);
    this.draw();
    this.showTip();
  }

  /** @param {number} head */
  moveHead(head) {
    if (!this.model) return;
    this.model.head = head;
    this.draw();
  }

  draw() {
    const context = this.canvas.getContext('2d');
    if (!context || !this.model || !this.palette || !this.width) return;
    const ratio = this.canvas.width / this.width;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const size = { width: this.width, height: this.height };
    drawTimeline(context, size, this.model, this.palette, this.hovered, this.cache);
  }

  /** @param {number} clientX */
  tickUnder(clientX) {
    const { left } = this.slider.getBoundingClientRect();
    const { first, last } = this.model ?? { first: 0, last: 0 };
    return tickAt((clientX - left - PAD) / Math.max(1, this.width - 2 * PAD), first, last);
  }

  listen() {
    const { slider } = this;
    slider.addEventListener('pointerdown', (event) => {
      if (event.button !== 0 || !this.model) return;
      slider.setPointerCapture(event.pointerId);
      this.dragging = true;
      this.point(event.clientX);
      this.drag(event.clientX);
    });
    slider.addEventListener('pointermove', (event) => {
      this.point(event.clientX);
      if (this.dragging) this.drag(event.clientX);
    });
    const release = (/** @type {PointerEvent} */ event) => {
      if (!this.dragging) return;
      this.dragging = false;
      if (event.pointerType !== 'mouse') this.leave();
      this.seek(this.sought, false);
    };
    slider.addEventListener('pointerup', release);
    slider.addEventListener('pointercancel', release);
    slider.addEventListener('pointerleave', () => this.dragging || this.leave());
    slider.addEventListener('focus', () => this.showTip());
    slider.addEventListener('blur', () => this.showTip());
  }

  /** @param {number} clientX */
  drag(clientX) {
    this.sought = this.tickUnder(clientX);
    this.seek(this.sought, true);
  }

  /** @param {number} clientX */
  point(clientX) {
    this.hovered = this.tickUnder(clientX);
    this.draw();
    this.showTip();
  }

  leave() {
    this.hovered = null;
    this.draw();
    this.showTip();
  }

  /** Words over the tick under the pointer, or over the present one while the bar has the focus. */
  showTip() {
    const { model } = this;
    const focused = this.slider.matches(':focus-visible');
    const tick = this.hovered ?? (focused ? model?.tick : undefined);
    this.tip.hidden = !model || tick === undefined;
    if (!model || tick === undefined) return;
    const reach = Math.floor(((model.last - model.first) * REACH_PIXELS) / Math.max(1, this.width));
    const { shown, more } = markersNear(model.markers, tick, reach);
    const lines = [
      `tick ${tick}  ${model.clockAt(tick)}`,
      ...(model.gaps.some(([first, last]) => first <= tick && tick <= last)
        ? ['not recorded']
        : []),
      ...shown.map((marker) =>
        marker.tick === tick ? marker.label : `${marker.tick}  ${marker.label}`,
      ),
      ...(more ? [`and ${more} more`] : []),
    ];
    this.tip.replaceChildren(...lines.map(lineOf));
    const x = PAD + partOf(tick, model.first, model.last) * (this.width - 2 * PAD);
    const half = this.tip.offsetWidth / 2;
    this.tip.style.left = `${Math.min(this.width - half, Math.max(half, x))}px`;
  }
}

/** @param {string} words */
function lineOf(words) {
  const line = document.createElement('div');
  line.textContent = words;
  return line;
}
