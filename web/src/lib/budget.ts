// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What this browser has transferred this week (Monday to Sunday, Bangkok), and the learner's budget for
// it. Each visit of a tab writes only its own entry and the sum of all entries is what was spent: tabs
// cannot overwrite each other without any lock, and a crash loses a second at most. Used by the player,
// by offline copies and by the settings.

import { recall, remember } from './storage';
import { createStore } from './store';

export type BudgetState = 'none' | 'fine' | 'near' | 'over';

export interface Budget {
  /** Bytes a week; null when the learner set none. */
  limit: number | null;
  /** Bytes of this week, of all tabs. */
  spent: number;
  state: BudgetState;
}

/** An answer that carries this header came out of a kept copy and cost nothing. */
export const KEPT_HEADER = 'Daorian-Kept';

const PREFIX = 'daorian.spent.';
const WEEK_MS = 7 * 86_400_000;
/** From 1970-01-01T00:00Z to the first Monday in Bangkok, three days and seventeen hours later. */
const FIRST_MONDAY_MS = 4 * 86_400_000 - 7 * 3_600_000;
const FLUSH_MS = 1000;
const FLUSH_BYTES = 256 * 1024;
const NEAR = 0.8;

const visit = Math.random().toString(36).slice(2, 10);
let pending = 0;
let timer = 0;
let allowed = false;

/** The number of the week that a moment is in; weeks begin on Monday, 00:00 in Bangkok. */
export function weekOf(ms: number): number {
  return Math.floor((ms - FIRST_MONDAY_MS) / WEEK_MS);
}

/** When a week begins, milliseconds UTC. */
export function weekStart(week: number): number {
  return FIRST_MONDAY_MS + week * WEEK_MS;
}

/** The sum of this week's entries; entries of other weeks are removed. */
function sumEntries(week: number): number {
  let sum = 0;
  try {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(PREFIX)) continue;
      if (key.startsWith(`${PREFIX}${week}.`)) sum += Math.max(0, Number(localStorage.getItem(key)) || 0);
      else localStorage.removeItem(key);
    }
  } catch {
    // No memory: only this visit is known.
  }
  return sum;
}

function judge(limit: number | null, spent: number): BudgetState {
  if (limit === null) return 'none';
  if (spent >= limit) return 'over';
  return spent >= limit * NEAR ? 'near' : 'fine';
}

function readBudget(): Budget {
  const saved = recall<number | null>('budget', null);
  const limit = typeof saved === 'number' && saved > 0 ? saved : null;
  const spent = sumEntries(weekOf(Date.now())) + pending;
  return { limit, spent, state: judge(limit, spent) };
}

/** The budget as it is now; it follows other tabs. */
export const budget = createStore<Budget>(readBudget());

function refresh(): void {
  const next = readBudget();
  const now = budget.get();
  if (next.state !== 'over') allowed = false;
  if (next.limit !== now.limit || next.spent !== now.spent) budget.set(next);
}

/** Writes what is pending into this visit's entry. */
export function flushBytes(): void {
  clearTimeout(timer);
  timer = 0;
  if (pending === 0) return;
  const key = `spent.${weekOf(Date.now())}.${visit}`;
  remember(key, Math.max(0, recall<number>(key, 0) + pending));
  // Where nothing can be remembered the pending sum is all there is.
  if (recall<number | null>(key, null) !== null) pending = 0;
  refresh();
}

/**
 * Counts bytes that came over the line, heads included, whoever asked for them. A negative number takes
 * back what proved to have come out of a cache.
 */
export function countBytes(bytes: number): void {
  pending += bytes;
  const now = budget.get();
  const spent = now.spent + bytes;
  if (judge(now.limit, spent) !== now.state || Math.abs(pending) >= FLUSH_BYTES) flushBytes();
  else {
    budget.set({ ...now, spent });
    timer ||= setTimeout(flushBytes, FLUSH_MS) as unknown as number;
  }
}

/** Bytes that may still be transferred this week; Infinity without a budget. */
export function remainingBytes(): number {
  const { limit, spent } = budget.get();
  return limit === null ? Infinity : Math.max(0, limit - spent);
}

/** Whether something may be transferred: within the budget, or the learner said “go on this once”. */
export function mayTransfer(): boolean {
  return allowed || budget.get().state !== 'over';
}

/** The learner goes on beyond the budget, until the page is left. */
export function allowOnce(): void {
  allowed = true;
  budget.set({ ...budget.get() });
}

/** Sets the weekly budget in bytes, or none. */
export function setLimit(bytes: number | null): void {
  remember('budget', bytes === null ? undefined : Math.round(bytes));
  refresh();
}

/** Head bytes of an answer, as near as a script can know them. */
export function headBytes(response: Response): number {
  let bytes = 17;
  response.headers.forEach((value, name) => {
    bytes += name.length + value.length + 4;
  });
  return bytes;
}

/** Follows other tabs and the end of the page. Called once. */
export function startBudget(): void {
  addEventListener('storage', (event) => {
    if (event.key === null || /^daorian\.(?:spent|budget)/.test(event.key)) refresh();
  });
  addEventListener('pagehide', flushBytes);
  document.addEventListener('visibilitychange', flushBytes);
}
