/** The small map: the whole plane while a part of it is seen, the part in a frame; moved by hand and by keys. */

import { make } from '../../page.js';
import { densityOf } from './ground.js';
import { rgb, css } from './colours.js';

const WIDTH = 132;
const ACROSS = 44;
/** Part of what is in sight that an arrow key moves. */
const STEP = 0.2;

export class SmallMap {
  /** @param {import('./town.js').Town} town */
  constructor(town) {
    this.town = town;
    this.root = make('div', 'society-map');
    this.root.setAttribute('role', 'group');
    this.root.setAttribute('aria-label', 'Map. Arrow keys move, plus and minus zoom, 0 fits');
    this.root.tabIndex = 0;
    this.root.hidden = true;
    this.canvas = /** @type {HTMLCanvasElement} */ (make('canvas'));
    this.canvas.setAttribute('aria-hidden', 'true');
    this.root.append(this.canvas);
    /** @type {any[]} */
    this.drawn = [];
    const to = (/** @type {PointerEvent} */ event) => {
      const { left, top, width, height } = this.canvas.getBoundingClientRect();
      town.centre((event.clientX - left) / width, (event.clientY - top) / height);
    };
    this.root.addEventListener('pointerdown', (event) => {
      this.root.setPointerCapture(event.pointerId);
      to(event);
    });
    this.root.addEventListener('pointermove', (event) => event.buttons && to(event));
    this.root.addEventListener('keydown', (event) => this.press(event));
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const ways = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };
    const way = ways[/** @type {keyof typeof ways} */ (event.key)];
    if (way) this.town.move(way[0], way[1]);
    else if (event.key === '+' || event.key === '=') this.town.zoom(1.5);
    else if (event.key === '-') this.town.zoom(1 / 1.5);
    else if (event.key === '0') this.town.fit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * @param {import('./scape.js').Scape} scape
   * @param {import('./crowd.js').Agents} agents
   * @param {import('../../types.js').Box} box
   * @param {import('../../palette.js').Palette} palette
   */
  draw(scape, agents, box, palette) {
    const away = scape.view.zoom > 1.02;
    if (this.root.hidden === away) this.root.hidden = !away;
    if (!away || !scape.scene) return;
    const { width, height } = agents.crowd.layout;
    const high = Math.round((WIDTH * height) / width);
    const { scale, left, top } = scape.camera;
    const drawn = [scape.scene.pass, scale, left, top, palette, box.width, box.height];
    if (drawn.every((part, place) => part === this.drawn[place])) return;
    this.drawn = drawn;
    const ratio = devicePixelRatio || 1;
    this.canvas.width = WIDTH * ratio;
    this.canvas.height = high * ratio;
    this.canvas.style.width = `${WIDTH}px`;
    this.canvas.style.height = `${high}px`;
    const context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    context.scale(ratio, ratio);
    context.fillStyle = palette.ground;
    context.fillRect(0, 0, WIDTH, high);
    const down = Math.round((ACROSS * height) / width);
    const cells = densityOf(agents.standing, scape.scene.pass, { width, height }, ACROSS, down);
    const most = cells.reduce((greatest, count) => Math.max(greatest, count), 1e-9);
    const size = WIDTH / ACROSS;
    cells.forEach((count, cell) => {
      if (!count) return;
      context.fillStyle = css(rgb(palette.quiet), 0.75 * Math.sqrt(count / most));
      context.fillRect((cell % ACROSS) * size, Math.floor(cell / ACROSS) * (high / down), size, high / down);
    });
    context.strokeStyle = palette.edge;
    for (const zone of agents.crowd.zones) {
      const part = WIDTH / width;
      context.strokeRect(zone.x * part, zone.y * part, zone.width * part, zone.height * part);
    }
    const seen = scape.inSight(box);
    const part = WIDTH / width;
    context.strokeStyle = palette.life;
    context.lineWidth = 1.5;
    context.strokeRect(seen.x * part, seen.y * part, seen.width * part, seen.height * part);
  }
}
