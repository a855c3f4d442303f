/** Start the viewer on its page: read the setup, make the parts, and wire them to each other. */

import { actionsOf } from './actions.js';
import { readAddress } from './address.js';
import { wireControls } from './controls.js';
import { wireKeys } from './keys.js';
import { linkTo } from './links.js';
import { part, say } from './page.js';
import { parser } from './parsing.js';
import { rendererOf } from './renderers/index.js';
import { wireReport } from './report.js';
import { Screen } from './screen.js';
import { Session } from './session.js';
import { wireShare } from './share.js';
import { wireVerify } from './verify.js';
import { wireWatched } from './watched.js';

/** Renderers that are here when the page does not say which. */
const KNOWN = ['segfault', 'golf', 'society'];

async function start() {
  /** @type {import('./types.js').Setup} */
  const setup = JSON.parse(part('viewer-setup').textContent ?? '{}');
  const place = readAddress(location.search);
  const root = part('viewer');
  root.hidden = false;
  root.classList.toggle('without-controls', !place.controls);
  showTitle(setup);
  showExport(setup);

  /** @type {Screen | null} */
  let screen = null;
  const session = new Session(setup, place, {
    parse: parser(),
    changed: () => screen?.wake(),
    ticked: () => screen?.wake(),
  });
  session.open();
  session.meet(await rendererOf(setup.game, setup.renderers ?? KNOWN));
  screen = new Screen(session, place);
  const actions = actionsOf(session, screen);
  screen.actions = actions;
  const has = { turns: Boolean(session.renderer?.turnOf) };
  wireControls(actions, has);
  wireKeys(actions, has);
  wireShare(setup, {
    moment: () => (screen ? linkTo(session, screen) : location.href),
    tick: () => session.player.tick,
  });
  wireReport(setup);
  wireVerify(setup);
  wireWatched(setup, () => session.player.tick);
  screen.wake();
}

/**
 * The game, then the recording's own title, else a part of its id.
 * @param {import('./types.js').Setup} setup
 */
function showTitle({ game, game_title: name, title, shard_id: id }) {
  say(part('viewer-game'), name || game);
  say(part('viewer-name'), title || (id ? `shard ${id.slice(0, 4)}…` : ''));
}

/** @param {import('./types.js').Setup} setup */
function showExport(setup) {
  const link = part('export');
  const address =
    setup.export_url ?? (setup.shard_id ? `/api/replay/game/${setup.shard_id}/export` : null);
  link.hidden = !address;
  if (address) link.setAttribute('href', address);
}

start();
