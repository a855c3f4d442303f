/** What a page and the viewer in its frame say to each other. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Messages, originOf } from '../../static/viewer/messages.js';

const HERE = 'https://blog.example';

function talk({ origin = HERE, started = true } = {}) {
  const player = { first: 0, last: 90, tick: 7, playing: false };
  const session = { started, player, shard: { live: false } };
  const done = [];
  const told = [];
  const actions = {
    toggle: () => {
      player.playing = !player.playing;
      done.push('toggle');
    },
    seek: (tick) => done.push(['seek', tick]),
  };
  const post = (message, to) => told.push([message, to]);
  return { messages: new Messages(session, actions, { post, origin }), player, session, done, told };
}

test('a page hears that the viewer is ready, and then only what changes', () => {
  const { messages, player, told } = talk();
  messages.tell();
  const range = { first_tick: 0, last_tick: 90, live: false };
  const ready = { segfault: 1, type: 'ready', ...range, tick: 7, playing: false };
  assert.deepEqual(told.splice(0), [[ready, HERE]]);
  messages.tell();
  player.tick = 8;
  messages.tell();
  player.playing = true;
  messages.tell();
  player.playing = false;
  messages.tell();
  assert.deepEqual(
    told.map(([{ type, tick }]) => [type, tick]),
    [['tick', 8], ['play', 8], ['pause', 8]],
  );
});

test('nothing is told before there is something to see, or where nobody is known', () => {
  const before = talk({ started: false });
  before.messages.tell();
  assert.deepEqual(before.told, []);
  const unknown = talk({ origin: null });
  unknown.messages.tell();
  unknown.messages.receive({ segfault: 1, type: 'play' }, 'null');
  assert.deepEqual([unknown.told, unknown.done], [[], []]);
});

test('a page plays, pauses and seeks, each as often as it likes', () => {
  const { messages, done } = talk();
  messages.receive({ segfault: 1, type: 'play' }, HERE);
  messages.receive({ segfault: 1, type: 'play' }, HERE);
  messages.receive({ segfault: 1, type: 'pause' }, HERE);
  messages.receive({ segfault: 1, type: 'pause' }, HERE);
  messages.receive({ segfault: 1, type: 'seek', tick: 30 }, HERE);
  assert.deepEqual(done, ['toggle', 'toggle', ['seek', 30]]);
});

test('what is of another origin, version or kind is left alone', () => {
  const { messages, done } = talk();
  messages.receive({ segfault: 1, type: 'play' }, 'https://evil.example');
  for (const odd of [
    null, 7, 'play', [], {}, { type: 'play' }, { segfault: 2, type: 'play' },
    { segfault: '1', type: 'play' }, { segfault: 1, type: 'toString' },
    { segfault: 1, type: 'seek' }, { segfault: 1, type: 'seek', tick: '3' },
    { segfault: 1, type: 'seek', tick: NaN }, { segfault: 1, type: 'seek', tick: Infinity },
  ])
    messages.receive(odd, HERE);
  assert.deepEqual(done, []);
});

test('who says hello late is told how things stand', () => {
  const { messages, told } = talk();
  messages.tell();
  messages.receive({ segfault: 1, type: 'hello' }, HERE);
  assert.deepEqual(told.map(([{ type }]) => type), ['ready', 'ready']);
});

test('the page around is known by what the browser says of it', () => {
  assert.equal(originOf('https://blog.example/post/7?x', undefined), HERE);
  assert.equal(originOf('', [HERE]), HERE);
  assert.equal(originOf('https://other.example/', [HERE]), HERE);
  assert.equal(originOf('', undefined), null);
  assert.equal(originOf('', ['null']), null);
  assert.equal(originOf('file:///home/page.html', undefined), null);
});
