// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Undo and redo: a list of states with a place in it. Changes of one kind to one thing in a row, like
// typing, are one step. Pure.

export interface History<T> {
  readonly states: readonly T[];
  readonly at: number;
  /** What the last step changed; null when the next must be a step of its own. */
  readonly topic: string | null;
}

const MOST = 200;

export function beginHistory<T>(state: T): History<T> {
  return { states: [state], at: 0, topic: null };
}

export function present<T>(history: History<T>): T {
  return history.states[history.at]!;
}

/** A further state. With the topic of the step before it takes that step's place. */
export function step<T>(history: History<T>, state: T, topic: string | null = null): History<T> {
  const same = topic !== null && topic === history.topic;
  const kept = history.states.slice(0, same ? history.at : history.at + 1);
  const states = [...kept, state].slice(-MOST);
  return { states, at: states.length - 1, topic };
}

export function canUndo<T>(history: History<T>): boolean {
  return history.at > 0;
}

export function canRedo<T>(history: History<T>): boolean {
  return history.at < history.states.length - 1;
}

export function undo<T>(history: History<T>): History<T> {
  return canUndo(history) ? { ...history, at: history.at - 1, topic: null } : history;
}

export function redo<T>(history: History<T>): History<T> {
  return canRedo(history) ? { ...history, at: history.at + 1, topic: null } : history;
}
