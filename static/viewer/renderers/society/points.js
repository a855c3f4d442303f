/** Paint a scene with WebGL2: one call for all agents, one for all lines; motion is worked out by the graphics card. */

import { LINE_STRIDE, STRIDE } from './scene.js';

/** @typedef {import('./camera.js').Camera} Camera */
/** @typedef {import('./scene.js').Scene} Scene */

/**
 * @typedef {object} Look  how agents are to look
 * @property {number} radius  of an agent, in pixels
 * @property {boolean} stance
 * @property {boolean} emotion
 * @property {boolean} influence
 * @property {boolean} exposure
 * @property {{against: number[], middle: number[], favour: number[], ink: number[], ground: number[]}} colours
 */

/** How much larger than the least influential agent the most influential one is. */
export const INFLUENCE_GROWS = 2.2;
/** How far the glow of emotion reaches, in radii. */
export const GLOW = 2.4;

const PLACE = `
  uniform float fraction; uniform float scale; uniform vec2 origin; uniform vec2 size; uniform float ratio;
  vec4 placed(vec4 way) {
    vec2 at = mix(way.xy, way.zw, fraction) * scale + origin;
    return vec4(at.x / size.x * 2.0 - 1.0, 1.0 - at.y / size.y * 2.0, 0.0, 1.0);
  }`;

const POINT_VERTEX = `#version 300 es
  in vec4 way; in vec4 measures; in float shape;
  uniform float radius; uniform vec4 layers;
  out vec4 told; out float form; out float pixels; out float body;
  ${PLACE}
  void main() {
    gl_Position = placed(way);
    body = radius * (1.0 + layers.z * ${INFLUENCE_GROWS.toFixed(1)} * measures.z) * ratio;
    float reach = layers.y > 0.0 && measures.y > 0.15 ? ${GLOW.toFixed(1)} : 1.0;
    pixels = 2.0 * body * reach + 2.0;
    gl_PointSize = pixels;
    told = measures; form = shape;
  }`;

const POINT_FRAGMENT = `#version 300 es
  precision highp float;
  in vec4 told; in float form; in float pixels; in float body;
  uniform vec4 layers; uniform float ratio;
  uniform vec3 against; uniform vec3 middle; uniform vec3 favour; uniform vec3 ink; uniform vec3 ground;
  out vec4 colour;
  float away(vec2 at) {
    if (form < 0.5) return max(abs(at.x) * 0.87 + at.y * -0.5, at.y) - 0.62;
    if (form < 1.5) return length(at) - 1.0;
    if (form < 2.5) return max(abs(at.x), abs(at.y)) - 0.86;
    return (abs(at.x) + abs(at.y)) * 0.8 - 0.95;
  }
  void main() {
    vec2 at = (gl_PointCoord - 0.5) * pixels / body;
    float edge = 1.0 / body;
    float distance = away(at);
    vec3 end = told.x < 0.0 ? against : favour;
    vec3 filled = layers.x > 0.0 ? mix(middle, end, sqrt(abs(told.x))) : ink;
    if (layers.w > 0.0 && length(at) < 0.62 * sqrt(told.w)) filled = ink;
    float inside = 1.0 - smoothstep(-edge, edge, distance);
    float rim = 1.0 - smoothstep(-edge * 2.0, 0.0, distance);
    vec3 drawn = mix(ground, filled, rim);
    float glow = layers.y * told.y * 0.75 * (1.0 - smoothstep(0.6, ${GLOW.toFixed(1)}, length(at)));
    float alpha = max(inside, glow);
    if (alpha < 0.02) discard;
    colour = vec4(mix(filled, drawn, inside) * alpha, alpha);
  }`;

const LINE_VERTEX = `#version 300 es
  in vec4 way; in vec4 hue;
  out vec4 told;
  ${PLACE}
  void main() { gl_Position = placed(way); told = hue; }`;

const LINE_FRAGMENT = `#version 300 es
  precision highp float;
  in vec4 told; out vec4 colour;
  void main() { colour = vec4(told.rgb * told.a, told.a); }`;

export class Points {
  /**
   * @param {HTMLCanvasElement} canvas
   * @returns {Points | null} null where there is no WebGL2
   */
  static on(canvas) {
    const gl = canvas.getContext('webgl2', { alpha: true, antialias: false, depth: false });
    return gl ? new Points(canvas, gl) : null;
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {WebGL2RenderingContext} gl
   */
  constructor(canvas, gl) {
    this.canvas = canvas;
    this.gl = gl;
    this.lost = false;
    canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      this.lost = true;
    });
    canvas.addEventListener('webglcontextrestored', () => {
      this.lost = false;
      this.card = prepared(gl);
    });
    this.card = prepared(gl);
  }

  /**
   * @param {Scene} scene
   * @param {Float32Array} lines
   * @param {Camera} camera
   * @param {number} fraction
   * @param {Look} look
   */
  paint(scene, lines, camera, fraction, look) {
    const { gl, canvas, card } = this;
    if (this.lost) return;
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const ratio = canvas.width / Math.max(1, canvas.clientWidth);
    const place = (/** @type {WebGLProgram} */ used) => {
      const at = (/** @type {string} */ name) => gl.getUniformLocation(used, name);
      gl.useProgram(used);
      gl.uniform1f(at('fraction'), fraction);
      gl.uniform1f(at('scale'), camera.scale * ratio);
      gl.uniform2f(at('origin'), camera.left * ratio, camera.top * ratio);
      gl.uniform2f(at('size'), canvas.width, canvas.height);
      gl.uniform1f(at('ratio'), ratio);
      return at;
    };
    if (lines.length) {
      place(card.lines);
      card.heldLines = hold(gl, card.strokes, lines, card.heldLines);
      gl.drawArrays(gl.LINES, 0, lines.length / LINE_STRIDE);
    }
    const at = place(card.points);
    gl.uniform1f(at('radius'), look.radius);
    gl.uniform4f(at('layers'), +look.stance, +look.emotion, +look.influence, +look.exposure);
    for (const [name, colour] of Object.entries(look.colours)) gl.uniform3fv(at(name), colour);
    card.held = hold(gl, card.agents, scene.points, card.held);
    gl.drawArrays(gl.POINTS, 0, scene.shown.length);
  }
}

/**
 * What is on the card: programs, buffers, and the arrays that the buffers hold.
 * @param {WebGL2RenderingContext} gl
 */
function prepared(gl) {
  const points = program(gl, POINT_VERTEX, POINT_FRAGMENT);
  const lines = program(gl, LINE_VERTEX, LINE_FRAGMENT);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  return {
    points,
    lines,
    agents: bound(gl, points, [['way', 4], ['measures', 4], ['shape', 1]], STRIDE),
    strokes: bound(gl, lines, [['way', 4], ['hue', 4]], LINE_STRIDE),
    held: /** @type {Float32Array | null} */ (null),
    heldLines: /** @type {Float32Array | null} */ (null),
  };
}

/** @typedef {{array: WebGLVertexArrayObject, buffer: WebGLBuffer}} Bound */

/**
 * Send what the card does not hold yet.
 * @param {WebGL2RenderingContext} gl
 * @param {Bound} bound
 * @param {Float32Array} wanted
 * @param {Float32Array | null} held
 */
function hold(gl, { array, buffer }, wanted, held) {
  gl.bindVertexArray(array);
  if (wanted !== held) {
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, wanted, gl.DYNAMIC_DRAW);
  }
  return wanted;
}

/**
 * @param {WebGL2RenderingContext} gl
 * @param {WebGLProgram} used
 * @param {[string, number][]} parts
 * @param {number} stride
 * @returns {Bound}
 */
function bound(gl, used, parts, stride) {
  const array = gl.createVertexArray();
  const buffer = gl.createBuffer();
  gl.bindVertexArray(array);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  let start = 0;
  for (const [name, size] of parts) {
    const place = gl.getAttribLocation(used, name);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, size, gl.FLOAT, false, stride * 4, start * 4);
    start += size;
  }
  return { array, buffer };
}

/**
 * @param {WebGL2RenderingContext} gl
 * @param {string} vertex
 * @param {string} fragment
 */
function program(gl, vertex, fragment) {
  const made = gl.createProgram();
  for (const [kind, source] of /** @type {[number, string][]} */ ([
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ])) {
    const shader = /** @type {WebGLShader} */ (gl.createShader(kind));
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS) && !gl.isContextLost())
    throw new Error(gl.getProgramInfoLog(made) ?? 'The shaders do not link.');
  return made;
}
