/** How sharp to draw: less where frames come slowly, more again where there is room. */

/** Frames slower than this, in milliseconds, make the picture coarser. */
const SLOW = 40;
const QUICK = 15;
/** So many frames are looked at before anything is changed. */
const FRAMES = 6;
const PATIENCE = 90;
/** Farther apart than this the frames were not drawn in a row. */
const PAUSE = 1500;
const COARSEST = 0.3;
const SHARPEST = 2;

export class Quality {
  /**
   * @param {{dense: number, software: boolean}} screen  pixels to a CSS pixel, and whether a processor draws
   */
  constructor({ dense, software }) {
    this.software = software;
    this.most = Math.min(SHARPEST, dense);
    this.ratio = software ? Math.min(0.7, this.most) : this.most;
    /** How sharp what stands still is, a moment later. */
    this.still = software ? Math.min(1, this.most) : this.most;
    this.before = NaN;
    /** @type {number[]} */
    this.lengths = [];
    this.easy = 0;
  }

  /**
   * A frame is drawn; true when the next is to be of another sharpness.
   * @param {number} now  milliseconds
   * @param {boolean} moving  whether the next follows as soon as may be
   */
  drawn(now, moving) {
    const length = now - this.before;
    this.before = moving ? now : NaN;
    if (!(length < PAUSE)) {
      this.lengths = [];
      return false;
    }
    this.lengths.push(length);
    if (this.lengths.length < FRAMES) return false;
    const middle = [...this.lengths].sort((a, b) => a - b)[FRAMES >> 1];
    this.lengths = [];
    return this.judge(middle);
  }

  /** @param {number} length  of an ordinary frame */
  judge(length) {
    const was = this.ratio;
    if (length > SLOW) {
      this.easy = 0;
      this.ratio = Math.max(COARSEST, this.ratio * (length > 4 * SLOW ? 0.5 : length > 2 * SLOW ? 0.65 : 0.8));
    } else if (length < QUICK && !this.software) {
      this.easy += FRAMES;
      if (this.easy >= PATIENCE) {
        this.easy = 0;
        this.ratio = Math.min(this.most, this.ratio * 1.2);
      }
    } else this.easy = 0;
    return this.ratio !== was;
  }
}

/**
 * What draws here: a graphics card, a processor, or nothing. Asked on a canvas of its own, before all else.
 * @returns {'card' | 'software' | null}
 */
export function drawerHere() {
  const gl = document.createElement('canvas').getContext('webgl2');
  if (!gl) return null;
  const told = gl.getExtension('WEBGL_debug_renderer_info');
  const name = told ? String(gl.getParameter(told.UNMASKED_RENDERER_WEBGL)) : '';
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return /swiftshader|llvmpipe|software|basic render/i.test(name) ? 'software' : 'card';
}
