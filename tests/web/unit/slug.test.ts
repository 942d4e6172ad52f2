// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

import assert from 'node:assert/strict';
import { runTests, test } from '../tap';
import { suggestSlug } from '../../../web/src/live/slug';

test('a Latin name is its own address', () => {
  assert.equal(suggestSlug('DLTV 1', 186, []), 'dltv-1');
  assert.equal(suggestSlug('  École  & Fête!', 7, []), 'ecole-fete');
  assert.equal(suggestSlug('DLTV ๑๒', 186, []), 'dltv-12');
});

test('a name without Latin letters gets its number', () => {
  assert.equal(suggestSlug('ดาวเรียน ๑', 101, []), 'ch-101');
  assert.equal(suggestSlug('', 3, []), 'ch-3');
});

test('what another channel has is not proposed again', () => {
  assert.equal(suggestSlug('DLTV 1', 1, ['dltv-1', 'dltv-1-2']), 'dltv-1-3');
});

test('it fits, whatever the name', () => {
  const slug = suggestSlug('a very long name of a channel that goes on and on and on', 1, []);
  assert.match(slug, /^[a-z0-9][a-z0-9-]{0,39}$/);
  assert.doesNotMatch(slug, /-$/);
});

runTests();
