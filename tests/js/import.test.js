/** What the import page says of an answer. */

import assert from 'node:assert/strict';
import test from 'node:test';

import { meaningOf } from '../../static/import.js';

test('a recording that was taken in may be watched', () => {
  const meaning = meaningOf(201, { url: '/replay?shard=1', warnings: [] });
  assert.deepEqual(meaning, {
    words: 'It is here, and yours alone to see until you share it.',
    tone: 'life',
    url: '/replay?shard=1',
  });
});

test('what is odd about it is said with it', () => {
  const { words, tone, url } = meaningOf(201, { url: '/replay?shard=1', warnings: ['Nothing moves in this run.'] });
  assert.match(words, /^It is here, .* Nothing moves in this run\.$/);
  assert.deepEqual([tone, url], ['warning', '/replay?shard=1']);
});

test('what is no address of this site is not followed', () => {
  for (const url of ['//elsewhere', 'https://elsewhere', 7, null]) assert.equal(meaningOf(201, { url }).url, null);
});

test('a refusal is said as it was given', () => {
  assert.deepEqual(meaningOf(400, { detail: 'Tick 3 is missing.' }), { words: 'Tick 3 is missing.', tone: 'danger', url: null });
  assert.match(meaningOf(502, null).words, /answered 502/);
});
