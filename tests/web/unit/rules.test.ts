// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The pure parts of rules: a form's fields to what the API takes and back, and what a programme suggests.

import assert from 'node:assert/strict';
import { emptyDraft, makeBody, makeRulePath, readDraft, readSuggestion, repeatBody, suggestTitle } from '../../../web/src/rules/draft';
import type { Rule } from '../../../web/src/rules/types';
import { runTests, test } from '../tap';

const RULE: Rule = {
  id: 'r',
  name: 'คณิต',
  channel: 'c',
  title: 'คณิตศาสตร์ ป.1',
  keywords: '-รีรัน',
  series_crid: null,
  weekdays: [1, 3],
  from: '18:30',
  until: '01:00',
  repeats: true,
  padding_before_s: 90,
  padding_after_s: 0,
  keep_days: 30,
  rights_holder: 'มูลนิธิ',
  licence: 'CC BY',
  visibility: 'public',
  enabled: false,
  owner: null,
  created_ms: 1,
  may_edit: true,
  etag: '"1"',
};

test('a rule comes back from the form as it went in', () => {
  const { enabled, ...body } = repeatBody(RULE);
  assert.equal(enabled, false);
  assert.deepEqual(makeBody(readDraft(RULE), 'x'), { ...body, name: body.title });
});

test('what is left empty says nothing; a rule without words is named by its channel', () => {
  const body = makeBody({ ...emptyDraft(), channel: 'c', from: '08:00', until: '12:00', before: 'x' }, 'ห้องเรียน');
  assert.equal(body.name, 'ห้องเรียน');
  assert.deepEqual([body.title, body.series_crid, body.keep_days, body.padding_before_s], ['', null, 0, 0]);
  assert.equal(makeBody(emptyDraft(), 'x').channel, null);
  assert.equal(makeBody(emptyDraft(), 'x').from, null);
  assert.equal(makeBody({ ...emptyDraft(), title: 'ก'.repeat(300) }, 'x').name.length, 80);
});

test('the title of all episodes is told from that of one', () => {
  for (const [title, wanted] of [
    ['คณิตศาสตร์ ป.1', 'คณิตศาสตร์ ป.1'],
    ['คณิตศาสตร์ ป.1 ตอนที่ 12', 'คณิตศาสตร์ ป.1'],
    ['คณิตศาสตร์ ป.1 (ตอน ๓) เศษส่วน', 'คณิตศาสตร์ ป.1'],
    ['Science - EP.4', 'Science'],
    ['Science #7', 'Science'],
    ['ตอนที่ 5', 'ตอนที่ 5'],
    ['Step 2', 'Step 2'],
  ] as const)
    assert.equal(suggestTitle(title), wanted);
});

test('an address carries what a programme suggests', () => {
  const path = makeRulePath('c', { title: 'ข่าว & ดนตรี ตอนที่ 2', series_crid: 'crid://x/1' });
  const draft = readSuggestion(path.slice(path.indexOf('?')))!;
  assert.deepEqual([draft.title, draft.channel, draft.series], ['ข่าว & ดนตรี', 'c', 'crid://x/1']);
  assert.equal(readSuggestion(''), null);
  assert.equal(readSuggestion('?day=2026-01-01'), null);
});

await runTests();
