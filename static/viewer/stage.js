/** The board on the page: a canvas as sharp as the screen, and what the pointer does on it. */

/** @typedef {import('./types.js').Renderer} Renderer */
/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./types.js').Found} Found */

/** A press that moves farther than this is a drag. */
const STILL_PIXELS = 5;

export class Stage {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Renderer} renderer
   * @param {{chosen: (found: Found | null) => void, resized: () => void}} listener
   */
  constructor(canvas, renderer, { chosen, resized }) {
    this.canvas = canvas;
    this.renderer = renderer;
    this.chosen = chosen;
    this.context = canvas.getContext(/** @type {'2d'} */ (renderer.contextKind ?? '2d'));
    this.view = { ...(renderer.view ?? {}) };
    this.box = { x: 0, y: 0, width: 0, height: 0 };
    /** @type {Frame | null} */
    this.frame = null;
    this.resized = resized;
    new ResizeObserver(() => this.fit()).observe(canvas.parentElement ?? canvas);
    this.fit();
    this.listen();
  }

  /**
   * See the board as an address says; what it says wrongly is as usual.
   * @param {string} text
   * @param {string | null} focus
   */
  recall(text, focus) {
    this.view = { ...this.view, ...this.renderer.readView?.(text, focus) };
  }

  fit() {
    const { width, height } = (this.canvas.parentElement ?? this.canvas).getBoundingClientRect();
    const ratio = devicePixelRatio || 1;
    this.box = { x: 0, y: 0, width: Math.floor(width), height: Math.floor(height) };
    this.canvas.width = Math.round(this.box.width * ratio);
    this.canvas.height = Math.round(this.box.height * ratio);
    this.canvas.style.width = `${this.box.width}px`;
    this.canvas.style.height = `${this.box.height}px`;
    this.resized();
  }

  /**
   * @param {Frame} frame
   * @param {Omit<import('./types.js').Options, 'view'>} options
   */
  draw(frame, options) {
    this.frame = frame;
    if (!this.context || !this.box.width || !this.box.height) return;
    if (this.context instanceof CanvasRenderingContext2D) {
      const ratio = this.canvas.width / this.box.width;
      this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
      this.context.clearRect(0, 0, this.box.width, this.box.height);
    }
    this.renderer.draw(this.context, frame, this.box, { ...options, view: this.view });
  }

  /**
   * What stands at a place of the page.
   * @param {number} clientX
   * @param {number} clientY
   */
  at(clientX, clientY) {
    const { left, top } = this.canvas.getBoundingClientRect();
    if (!this.frame || !this.renderer.hit) return null;
    return this.renderer.hit(
      this.frame.snapshot,
      this.box,
      clientX - left,
      clientY - top,
      this.view,
    );
  }

  listen() {
    /** @type {{x: number, y: number, moved: boolean} | null} */
    let press = null;
    this.canvas.addEventListener('pointerdown', (event) => {
      press = { x: event.clientX, y: event.clientY, moved: false };
      if (this.renderer.turn) this.canvas.setPointerCapture(event.pointerId);
    });
    this.canvas.addEventListener('pointermove', (event) => {
      if (!press) return this.hover(event);
      const [dx, dy] = [event.clientX - press.x, event.clientY - press.y];
      if (!press.moved && Math.hypot(dx, dy) < STILL_PIXELS) return undefined;
      press = { x: event.clientX, y: event.clientY, moved: true };
      const pan = event.shiftKey || (event.buttons & 1) === 0;
      return this.turn({ kind: 'drag', dx, dy, factor: 1, pan }, event);
    });
    this.canvas.addEventListener('pointerup', (event) => {
      if (press && !press.moved) this.press(event);
      press = null;
    });
    this.canvas.addEventListener('pointercancel', () => {
      press = null;
    });
    if (!this.renderer.turn) return;
    this.canvas.addEventListener('contextmenu', (event) => event.preventDefault());
    this.pinch();
    this.canvas.style.touchAction = 'none';
    this.canvas.addEventListener('wheel', (event) => {
      event.preventDefault();
      this.turn({ kind: 'zoom', dx: 0, dy: 0, factor: Math.exp(-event.deltaY / 400) }, event);
    });
  }

  /** @param {PointerEvent} event */
  press(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    if (this.renderer.press?.(event.clientX - left, event.clientY - top)) return;
    this.chosen(this.at(event.clientX, event.clientY));
  }

  /** Two fingers zoom about the place between them, and move the board with them. */
  pinch() {
    /** @type {Map<number, {x: number, y: number}>} */
    const fingers = new Map();
    let pinched = false;
    const pair = () => {
      const [a, b] = [...fingers.values()];
      return {
        apart: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)),
        clientX: (a.x + b.x) / 2,
        clientY: (a.y + b.y) / 2,
      };
    };
    this.canvas.addEventListener('pointerdown', ({ pointerId, clientX: x, clientY: y }) =>
      fingers.set(pointerId, { x, y }),
    );
    this.canvas.addEventListener(
      'pointermove',
      (event) => {
        if (!fingers.has(event.pointerId)) return;
        const before = fingers.size === 2 ? pair() : null;
        fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
        if (!before) return;
        pinched = true;
        event.stopImmediatePropagation();
        const now = pair();
        const [dx, dy] = [now.clientX - before.clientX, now.clientY - before.clientY];
        this.turn({ kind: 'zoom', dx, dy, factor: now.apart / before.apart }, now);
      },
      { capture: true },
    );
    for (const kind of ['pointerup', 'pointercancel']) {
      this.canvas.addEventListener(
        kind,
        (event) => {
          fingers.delete(/** @type {PointerEvent} */ (event).pointerId);
          if (pinched) event.stopImmediatePropagation();
          if (!fingers.size) pinched = false;
        },
        { capture: true },
      );
    }
  }

  /**
   * @param {Omit<import('./types.js').Gesture, 'x' | 'y'>} gesture
   * @param {{clientX: number, clientY: number}} event
   */
  turn(gesture, event) {
    if (!this.renderer.turn) return;
    const { left, top } = this.canvas.getBoundingClientRect();
    const whole = { ...gesture, x: event.clientX - left, y: event.clientY - top };
    this.view = this.renderer.turn(this.view, whole, this.box);
    this.resized();
  }

  /** @param {PointerEvent} event */
  hover(event) {
    const found = event.pointerType === 'mouse' ? this.at(event.clientX, event.clientY) : null;
    this.canvas.style.cursor = found ? 'pointer' : '';
    this.canvas.title = found?.label ?? '';
  }
}
