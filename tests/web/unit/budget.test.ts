// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The week's counter and budget: weeks of Bangkok, several tabs on one memory, a tab that is killed, the states.

import assert from 'node:assert/strict';
import { runTests, test } from '../tap';

class Memory {
  [key: string]: unknown;
  getItem(key: string): string | null {
    return Object.prototype.hasOwnProperty.call(this, key) ? String(this[key]) : null;
  }
  setItem(key: string, value: string): void {
    this[key] = String(value);
  }
  removeItem(key: string): void {
    delete this[key];
  }
}

const memory = new Memory();
const tell: ((event: { key: string }) => void)[] = [];
Object.assign(globalThis, {
  localStorage: memory,
  addEventListener: (name: string, act: (event: { key: string }) => void) => name === 'storage' && tell.push(act),
  document: { addEventListener: () => undefined },
});

const mine = await import('../../../web/src/lib/budget');
mine.startBudget();

/** Another tab that writes its own entry, as the module does. */
function writeAsOtherTab(name: string, bytes: number, week = mine.weekOf(Date.now())): void {
  memory.setItem(`daorian.spent.${week}.${name}`, String(bytes));
  for (const act of tell) act({ key: `daorian.spent.${week}.${name}` });
}

test('weeks begin on Monday at midnight in Bangkok', () => {
  const monday = Date.UTC(2026, 10, 15, 17);
  assert.equal(mine.weekOf(monday) - mine.weekOf(monday - 1), 1);
  assert.equal(mine.weekOf(monday + 7 * 86_400_000 - 1), mine.weekOf(monday));
  assert.equal(mine.weekStart(mine.weekOf(monday + 12_345_678)), monday);
});

test('counts, and remembers at once when much came', () => {
  mine.countBytes(1000);
  assert.equal(mine.budget.get().spent, 1000);
  assert.equal(mine.budget.get().state, 'none');
  mine.countBytes(300_000);
  const key = Object.keys(memory).find((name) => name.startsWith('daorian.spent.'))!;
  assert.equal(memory.getItem(key), '301000');
});

test('tabs add up and none overwrites another', () => {
  writeAsOtherTab('other', 50_000);
  assert.equal(mine.budget.get().spent, 351_000);
  mine.countBytes(1000);
  writeAsOtherTab('other', 70_000);
  assert.equal(mine.budget.get().spent, 372_000);
  mine.flushBytes();
  assert.equal(mine.budget.get().spent, 372_000);
});

test('a tab that was killed stays counted; other weeks are forgotten', () => {
  writeAsOtherTab('killed', 28_000);
  writeAsOtherTab('old', 999_999, mine.weekOf(Date.now()) - 1);
  assert.equal(mine.budget.get().spent, 400_000);
  assert.ok(!Object.keys(memory).some((key) => key.endsWith('.old')));
});

test('what came out of a cache is taken back', () => {
  mine.countBytes(5000);
  mine.countBytes(-5000);
  assert.equal(mine.budget.get().spent, 400_000);
});

test('warns at 80 %, stops at 100 %, goes on when told so', () => {
  mine.setLimit(600_000);
  assert.equal(mine.budget.get().state, 'fine');
  assert.equal(mine.remainingBytes(), 200_000);
  writeAsOtherTab('killed', 108_000);
  assert.equal(mine.budget.get().state, 'near');
  assert.ok(mine.mayTransfer());
  mine.countBytes(120_000);
  assert.equal(mine.budget.get().state, 'over');
  assert.ok(!mine.mayTransfer());
  mine.allowOnce();
  assert.ok(mine.mayTransfer());
  mine.countBytes(1000);
  assert.ok(mine.mayTransfer(), 'still allowed');
  mine.setLimit(2_000_000);
  assert.equal(mine.budget.get().state, 'fine');
  mine.setLimit(100_000);
  assert.ok(!mine.mayTransfer(), 'a new budget is a new question');
  mine.setLimit(null);
  assert.equal(mine.remainingBytes(), Infinity);
});

test('nonsense in the memory does no harm', () => {
  memory.setItem(`daorian.spent.${mine.weekOf(Date.now())}.x`, 'NaN');
  memory.setItem('daorian.budget', '"much"');
  for (const act of tell) act({ key: 'daorian.budget' });
  assert.equal(mine.budget.get().limit, null);
  assert.ok(Number.isFinite(mine.budget.get().spent));
});

test('head bytes are those of a plain HTTP/1.1 answer', () => {
  const headers = { 'Content-Type': 'video/mp4', 'Content-Length': '1234' };
  assert.equal(mine.headBytes(new Response('', { headers })), 17 + 12 + 9 + 4 + 14 + 4 + 4);
});

await runTests();
