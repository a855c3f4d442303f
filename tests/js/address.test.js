import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAddress, readTime, seldom, writeAddress } from '../../static/viewer/address.js';

test('time is read in seconds and in clock form, and nothing else is', () => {
  assert.equal(readTime('12.5s'), 12.5);
  assert.equal(readTime('12.5'), 12.5);
  assert.equal(readTime('1:23'), 83);
  assert.equal(readTime('1:02:03'), 3723);
  for (const bad of ['', 'abc', '-3s', '1:2', '1e9', '::', null]) assert.equal(readTime(bad), null);
});

test('a bad parameter is ignored', () => {
  const place = readAddress('?tick=-4&t=soon&speed=3&theme=pink&hide=<b>,ids&loop=maybe&end=1.5&view=<i>');
  assert.equal(place.tick, null);
  assert.equal(place.seconds, null);
  assert.equal(place.speed, null);
  assert.equal(place.theme, null);
  assert.equal(place.loop, false);
  assert.equal(place.end, null);
  assert.deepEqual(place.hide, ['ids']);
  assert.equal(place.view, null);
});

test('what is written is read again, and what else the address says is kept', () => {
  const search = writeAddress('?shard=abc&t=5s&theme=light', {
    tick: 341,
    speed: 4,
    focus: '0c41',
    loop: true,
    hide: ['ids', 'grid'],
    view: 'orbit_1.2_0.5',
  });
  assert.match(search, /shard=abc/);
  assert.match(search, /theme=light/);
  assert.doesNotMatch(search, /[?&]t=/);
  const place = readAddress(search);
  assert.deepEqual(
    [place.tick, place.speed, place.focus, place.loop, place.hide, place.view],
    [341, 4, '0c41', true, ['ids', 'grid'], 'orbit_1.2_0.5'],
  );
});

test('the usual is not written', () => {
  assert.equal(
    writeAddress('?tick=4&speed=2', { tick: null, speed: 1, focus: null, loop: false, hide: [] }),
    '',
  );
});

test('the address is written at most twice a second, and the last place always', async () => {
  const written = [];
  const write = seldom((search) => written.push(search), 40);
  for (let tick = 0; tick < 20; tick += 1) {
    write(`?tick=${tick}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.ok(written.length <= 6, String(written.length));
  assert.equal(written.at(-1), '?tick=19');
});
