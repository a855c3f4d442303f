/** Open a recording on a page: its session, what is seen of it, its controls and keys. */

import { actionsOf } from './actions.js';
import { wireControls } from './controls.js';
import { wireKeys } from './keys.js';
import { part, say } from './page.js';
import { parser } from './parsing.js';
import { rendererOf } from './renderers/index.js';
import { Screen } from './screen.js';
import { Session } from './session.js';

/** Renderers that are here when the page does not say which. */
const KNOWN = ['segfault', 'golf', 'society'];

/** @returns {import('./types.js').Setup} */
export function readSetup() {
  return JSON.parse(part('viewer-setup').textContent ?? '{}');
}

/**
 * @param {import('./types.js').Setup} setup
 * @param {import('./address.js').Place} place
 * @param {{shown?: () => void}} [options]  `shown` is called when another tick or state is shown
 */
export async function openViewer(setup, place, { shown = () => {} } = {}) {
  const root = part('viewer');
  root.hidden = false;
  root.classList.toggle('without-controls', !place.controls);
  showTitle(setup);

  /** @type {Screen | null} */
  let screen = null;
  const session = new Session(setup, place, {
    parse: parser(),
    changed: () => screen?.wake(),
    ticked: () => screen?.wake(),
  });
  session.open();
  session.meet(await rendererOf(setup.game, setup.renderers ?? KNOWN, setup.hints));
  screen = new Screen(session, place, { shown });
  const actions = actionsOf(session, screen);
  screen.actions = actions;
  const has = { turns: Boolean(session.renderer?.turnOf), page: !setup.embedded };
  wireControls(actions, has);
  wireKeys({ ...session.renderer?.actions, ...actions }, has, session.renderer?.keys);
  screen.wake();
  return { session, screen, actions };
}

/**
 * The game, then the recording's own title, else a part of its id.
 * @param {import('./types.js').Setup} setup
 */
function showTitle({ game, game_title: name, title, shard_id: id }) {
  say(part('viewer-game'), name || game);
  say(part('viewer-name'), title || (id ? `shard ${id.slice(0, 4)}…` : ''));
}
