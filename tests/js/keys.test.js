import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actionOf } from '../../static/viewer/keys.js';

const press = (key, more = {}) => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...more,
});
const place = { letters: true, onSlider: false, typing: false, onButton: false };

test('every key of the table does what the table says', () => {
  assert.deepEqual(actionOf(press(' '), place), { action: 'toggle', given: [] });
  assert.deepEqual(actionOf(press('ArrowLeft'), place), { action: 'nudge', given: [-1] });
  assert.deepEqual(actionOf(press('ArrowRight', { shiftKey: true }), place), {
    action: 'tenthBy',
    given: [1],
  });
  assert.deepEqual(actionOf(press('7'), place), { action: 'tenth', given: [7] });
  assert.deepEqual(actionOf(press('>', { shiftKey: true }), place), {
    action: 'faster',
    given: [],
  });
  assert.deepEqual(actionOf(press('?', { shiftKey: true }), place), { action: 'help', given: [] });
  assert.equal(actionOf(press('x'), place), null);
  assert.equal(actionOf(press('PageDown'), place), null, 'the page scrolls');
  assert.deepEqual(actionOf(press('PageUp'), { ...place, onSlider: true }), {
    action: 'step',
    given: [10],
  });
});

test('no key fires while typing, or with Ctrl, Alt or Meta', () => {
  assert.equal(actionOf(press('k'), { ...place, typing: true }), null);
  for (const held of ['ctrlKey', 'altKey', 'metaKey'])
    assert.equal(actionOf(press('c', { [held]: true }), place), null);
});

test('a button keeps its own Space', () => {
  assert.equal(actionOf(press(' '), { ...place, onButton: true }), null);
  assert.deepEqual(actionOf(press('.'), { ...place, onButton: true }), {
    action: 'forward',
    given: [],
  });
});

test('switched off, only the slider and Escape answer', () => {
  const off = { ...place, letters: false };
  assert.equal(actionOf(press('k'), off), null);
  assert.equal(actionOf(press('ArrowLeft'), off), null);
  assert.deepEqual(actionOf(press('ArrowLeft'), { ...off, onSlider: true }), {
    action: 'nudge',
    given: [-1],
  });
  assert.deepEqual(actionOf(press('Escape'), off), { action: 'leave', given: [] });
});
