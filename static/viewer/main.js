/** Start the viewer on its page: open the recording, and wire what only the whole page has. */

import { readAddress } from './address.js';
import { linkTo } from './links.js';
import { openViewer, readSetup } from './opening.js';
import { part } from './page.js';
import { wireReport } from './report.js';
import { wireShare } from './share.js';
import { wireVerify } from './verify.js';
import { wireWatched } from './watched.js';

async function start() {
  const setup = readSetup();
  showExport(setup);
  const { session, screen } = await openViewer(setup, readAddress(location.search));
  wireShare(setup, {
    moment: () => linkTo(session, screen),
    tick: () => session.player.tick,
  });
  wireReport(setup);
  wireVerify(setup);
  wireWatched(setup, () => session.player.tick);
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
