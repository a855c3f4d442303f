/** Three buttons for boards that are seen from nearer or farther: out, in, and all of it. */

import { make } from './page.js';

const SVG = 'http://www.w3.org/2000/svg';
const STEP = 1.4;

/** @type {[name: string, outline: string, factor: number][]} */
const STEPS = [
  ['Zoom out', 'M-.8 0H.8', 1 / STEP],
  ['Zoom in', 'M-.8 0H.8M0 -.8V.8', STEP],
];
const WHOLE = 'M-.9 -.3V-.9H-.3M.3 -.9H.9V-.3M.9 .3V.9H.3M-.3 .9H-.9V.3';

/**
 * @param {string} className
 * @param {(factor: number) => void} zoom
 * @param {() => void} fit shows the whole board
 */
export function zoomButtons(className, zoom, fit) {
  const group = make('div', className);
  group.setAttribute('role', 'group');
  group.setAttribute('aria-label', 'Zoom');
  for (const [name, outline, factor] of STEPS) {
    group.append(button(name, outline, () => zoom(factor)));
  }
  group.append(button('Fit', WHOLE, fit));
  return group;
}

/**
 * @param {string} name
 * @param {string} outline
 * @param {() => void} act
 */
function button(name, outline, act) {
  const made = make('button', 'icon-button');
  made.setAttribute('type', 'button');
  made.setAttribute('aria-label', name);
  made.title = name;
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '-1.5 -1.5 3 3');
  svg.setAttribute('class', 'icon zoom-icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', outline);
  svg.append(path);
  made.append(svg);
  made.addEventListener('click', act);
  return made;
}
