/** The arena in three dimensions: what is drawn with WebGL2 on a canvas below the board. */

import * as three from '../../../three/three.module.min.js';
import { rgb } from '../../palette.js';
import { Blocks } from './blocks.js';
import { Bodies } from './bodies.js';
import { FIELD_DEGREES } from './camera.js';
import { Flashes } from './flashes.js';
import { isDay } from './light.js';
import { Quality } from './quality.js';
import { Zone } from './zone.js';

/** @typedef {import('./world.js').World} World */
/** @typedef {import('./picture.js').Picture} Picture */
/** @typedef {import('./graph.js').Lines} Lines */
/** @typedef {import('../../palette.js').Palette} Palette */

/** What stands still for so long is drawn as sharp as it can be. */
const REST_MILLISECONDS = 180;
/** The bare ground goes so far beyond the world. */
const BEYOND = 3;

export class Scene {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{software: boolean, lost: () => void}} given  whether a processor draws; what to do when it cannot any more
   */
  constructor(canvas, { software, lost }) {
    this.quality = new Quality({ dense: devicePixelRatio || 1, software });
    this.renderer = new three.WebGLRenderer({ canvas, antialias: !software, alpha: false, powerPreference: 'high-performance' });
    this.renderer.setPixelRatio(this.quality.ratio);
    this.renderer.outputColorSpace = three.LinearSRGBColorSpace; // the site's colours, as they are
    canvas.addEventListener('webglcontextlost', lost);
    this.scene = new three.Scene();
    this.scene.background = new three.Color();
    this.camera = new three.PerspectiveCamera(FIELD_DEGREES, 1, 0.3, 1000);
    this.shared = {
      mist: { value: new three.Color() },
      mistFrom: { value: new three.Vector2(1e5, 2e5) },
      day: { value: 0 },
      time: { value: 0 },
      pixel: { value: 0.001 },
    };
    this.bodies = new Bodies(this.shared);
    this.flashes = new Flashes(this.shared);
    this.zone = new Zone();
    this.floor = new three.Mesh(new three.PlaneGeometry(1, 1), new three.MeshBasicMaterial());
    this.floor.renderOrder = 0.6;
    this.scene.add(this.floor, this.zone.root, this.bodies.root, this.flashes.root);
    /** @type {Blocks | null} */
    this.blocks = null;
    /** @type {World | null} */
    this.world = null;
    /** @type {{lines: Lines, root: three.Group} | null} */
    this.graph = null;
    /** @type {Palette | null} */
    this.palette = null;
    this.size = { width: 0, height: 0 };
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.resting = undefined;
  }

  /** @param {Picture} picture */
  paint(picture) {
    const { pose, palette } = picture;
    this.build(picture.world, picture.extent);
    this.colour(palette);
    this.fit(pose.box);
    this.look(picture);
    this.shared.time.value = picture.seconds;
    this.bodies.show(picture.mechs, picture.focus);
    this.flashes.show(picture.effects, picture.clouds, picture.way);
    this.zone.show(picture.objective, picture.score, palette);
    this.lay(picture.graph);
    clearTimeout(this.resting);
    this.render(this.quality.ratio);
    this.quality.drawn(performance.now(), picture.moving);
    if (picture.moving || this.quality.ratio >= this.quality.still) return;
    this.resting = setTimeout(() => this.render(this.quality.still), REST_MILLISECONDS);
  }

  /** @param {number} ratio  pixels to a CSS pixel */
  render(ratio) {
    if (this.renderer.getPixelRatio() !== ratio) this.renderer.setPixelRatio(ratio);
    this.renderer.render(this.scene, this.camera);
  }

  /**
   * @param {World | null} world
   * @param {import('./camera.js').Extent} extent
   */
  build(world, extent) {
    this.floor.scale.set(extent.width * BEYOND, extent.depth * BEYOND, 1);
    this.floor.position.set(extent.width / 2, extent.depth / 2, -0.04);
    if (world === this.world) return;
    this.blocks?.dispose();
    this.world = world;
    this.blocks = world ? new Blocks(world, this.shared, this.quality.software) : null;
    this.palette = null;
    if (this.blocks) this.scene.add(this.blocks.root);
  }

  /** @param {Palette} palette */
  colour(palette) {
    if (palette === this.palette) return;
    this.palette = palette;
    const ground = rgb(palette.ground);
    /** @type {three.Color} */ (this.scene.background).setRGB(...ground);
    this.shared.mist.value.setRGB(...ground);
    this.shared.day.value = isDay(palette) ? 1 : 0;
    this.floor.material.color.setRGB(...ground);
    this.blocks?.colour(palette);
    this.bodies.colour(palette);
    this.flashes.colour(palette);
    this.clearGraph();
  }

  /** @param {import('../../types.js').Box} box */
  fit({ width, height }) {
    if (width === this.size.width && height === this.size.height) return;
    this.size = { width, height };
    this.renderer.setSize(width, height);
  }

  /** @param {Picture} picture */
  look({ pose, extent }) {
    const { camera } = this;
    const across = Math.hypot(extent.width, extent.depth);
    camera.aspect = this.size.width / Math.max(1, this.size.height);
    camera.near = Math.max(0.3, pose.distance / 200);
    camera.far = pose.distance + 3 * across;
    camera.position.set(...pose.eye);
    camera.up.set(...pose.up);
    camera.lookAt(...pose.target);
    const { width, height } = this.size;
    camera.setViewOffset(width, height, 0, height / 2 - pose.middle, width, height);
    this.shared.mistFrom.value.set(pose.distance + 0.45 * across, pose.distance + 1.7 * across);
    this.shared.pixel.value = (2 * pose.reach) / Math.max(1, this.size.height * this.quality.ratio);
  }

  /** @param {Lines | null} lines */
  lay(lines) {
    if (this.graph?.lines === lines) return;
    this.clearGraph();
    if (!lines) return;
    const root = new three.Group();
    const tone = new three.Color().setRGB(...rgb(this.palette?.life ?? ''));
    const attribute = (/** @type {Float32Array} */ array) => new three.BufferGeometry().setAttribute('position', new three.BufferAttribute(array, 3));
    const edges = new three.LineSegments(attribute(lines.lines), new three.LineBasicMaterial({ color: tone, transparent: true, opacity: 0.34, depthWrite: false }));
    const nodes = new three.Points(attribute(lines.nodes), new three.PointsMaterial({ color: tone, size: 0.16, transparent: true, opacity: 0.85, depthWrite: false }));
    edges.renderOrder = nodes.renderOrder = 2;
    root.add(edges, nodes);
    this.scene.add(root);
    this.graph = { lines, root };
  }

  clearGraph() {
    for (const drawn of this.graph?.root.children ?? []) {
      const { geometry, material } = /** @type {three.Points} */ (drawn);
      geometry.dispose();
      /** @type {three.Material} */ (material).dispose();
    }
    this.graph?.root.removeFromParent();
    this.graph = null;
  }

  dispose() {
    clearTimeout(this.resting);
    this.clearGraph();
    this.blocks?.dispose();
    this.bodies.dispose();
    this.flashes.dispose();
    this.zone.dispose();
    this.floor.geometry.dispose();
    this.floor.material.dispose();
    this.renderer.dispose();
  }
}
