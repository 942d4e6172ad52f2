// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How an element with another sound follows the picture's: it is sped up or slowed down a little, or jumps,
// until both agree. Pure.

const LOST_MS = 4000;
const JUMP_MS = 250;
const NEAR_MS = 15;
/** Of the speed, for each second apart; at most a twentieth. */
const PULL = 0.4;
const MOST = 0.05;

export type Step = { kind: 'anew' | 'jump' | 'none' } | { kind: 'rate'; rate: number };

/** What to do when the sound is so many ms ahead of the picture. */
export function decideStep(aheadMs: number): Step {
  if (Math.abs(aheadMs) > LOST_MS) return { kind: 'anew' };
  if (Math.abs(aheadMs) > JUMP_MS) return { kind: 'jump' };
  if (Math.abs(aheadMs) < NEAR_MS) return { kind: 'none' };
  return { kind: 'rate', rate: 1 - Math.min(MOST, Math.max(-MOST, (PULL * aheadMs) / 1000)) };
}
