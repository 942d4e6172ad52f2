// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Cues in the browser: the server's canonical WebVTT to a list and back, and every change that the
// editor can make to a list, each a pure function that gives a new one.

export interface Cue {
  /** Stays the same while the cue is edited. */
  key: number;
  /** Milliseconds. */
  start: number;
  end: number;
  /** As a person types it, see toTyped(); lines with line feeds between. */
  text: string;
  settings: string;
}

export type Fault = 'backwards' | 'blank' | 'beyond' | 'long' | 'overlap';

export const MAX_MS = 24 * 3_600_000;
const MAX_CHARS = 2000;
const NEW_MS = 2000;
const SHORTEST_MS = 100;

let lastKey = 0;

export function makeCue(start: number, end: number, text: string, settings = ''): Cue {
  lastKey += 1;
  return { key: lastKey, start: Math.round(start), end: Math.round(end), text, settings };
}

const TIMES = /^(?:(\d+):)?(\d\d):(\d\d)\.(\d{3})[ \t]+-->[ \t]+(?:(\d+):)?(\d\d):(\d\d)\.(\d{3})[ \t]*(.*)$/;

function toMs(parts: (string | undefined)[]): number {
  const [hours, minutes, seconds, rest] = parts.map((part) => Number(part ?? 0));
  return ((hours! * 60 + minutes!) * 60 + seconds!) * 1000 + rest!;
}

/** Reads what the server wrote; anything that is no cue is passed over. */
export function readVtt(text: string): Cue[] {
  const cues: Cue[] = [];
  for (const block of text.replace(/\r\n?/g, '\n').split(/\n{2,}/)) {
    const lines = block.split('\n').filter((line) => line !== '');
    const at = lines.findIndex((line) => line.includes('-->'));
    const found = at >= 0 ? TIMES.exec(lines[at]!) : null;
    if (!found) continue;
    const [start, end] = [toMs(found.slice(1, 5)), toMs(found.slice(5, 9))];
    cues.push(makeCue(start, end, toTyped(lines.slice(at + 1).join('\n')), found[9] ?? ''));
  }
  return cues;
}

/** 00:01:02.500 */
export function writeTime(ms: number): string {
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  const seconds = ms / 1000;
  const rest = String(Math.round(ms) % 1000).padStart(3, '0');
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}.${rest}`;
}

/** Milliseconds of what a person typed, like 1:02.5 or 62.5; null when it is no time. */
export function readTime(typed: string): number | null {
  const parts = typed.trim().replace(',', '.').split(':');
  if (parts.length > 3 || parts.some((part) => !/^\d+(\.\d*)?$/.test(part))) return null;
  if (parts.slice(0, -1).some((part) => part.includes('.'))) return null;
  const seconds = parts.reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round(seconds * 1000);
}

const KEPT_TAG = /^<\/?(?:i|b|u|v|c|ruby|rt|lang)(?:[\s.][^<>]*)?>/i;
const KEPT_ENTITY = /^&(?:amp|lt|gt|nbsp|lrm|rlm);/;

/** Cue text as a person types it: signs in place of entities, unless they would look like a tag. */
export function toTyped(text: string): string {
  return text
    .replace(/&lt;(?![a-z/])/gi, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;(?!(?:amp|lt|gt|nbsp|lrm|rlm);)/g, '&');
}

/** What a person typed as cue text: no blank line, no arrow, only known tags are tags. */
export function toCueText(typed: string): string {
  const lines = typed.split('\n').map((line) => line.trim());
  const text = lines.filter((line) => line !== '').join('\n');
  return text.replace(/[<&]|-->/g, (sign, at: number) => {
    const rest = text.slice(at);
    if (sign === '-->') return '--&gt;';
    if (sign === '<') return KEPT_TAG.test(rest) ? '<' : '&lt;';
    return KEPT_ENTITY.test(rest) ? '&' : '&amp;';
  });
}

export function writeVtt(cues: readonly Cue[]): string {
  const blocks = sortCues(cues).map((cue) => {
    const settings = cue.settings ? ` ${cue.settings}` : '';
    return `\n${writeTime(cue.start)} --> ${writeTime(cue.end)}${settings}\n${toCueText(cue.text)}\n`;
  });
  return `WEBVTT\n${blocks.join('')}`;
}

export function sortCues(cues: readonly Cue[]): Cue[] {
  return [...cues].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** What a reader sees: no tags, no entities; of either form of text. */
export function plainText(text: string): string {
  const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', nbsp: '\u00a0', quot: '"' };
  return text
    .replace(/<\/?(?:i|b|u|v|c|ruby|rt|lang)(?:[\s.][^<>]*)?>/gi, '')
    .replace(/&(lt|gt|amp|nbsp|quot);/g, (_, name: string) => entities[name]!);
}

/** What is wrong with a cue; `overlap` alone does not stop saving. */
export function findFaults(cue: Cue, before: Cue | undefined): Fault[] {
  const faults: Fault[] = [];
  if (cue.end <= cue.start) faults.push('backwards');
  if (plainText(cue.text).trim() === '') faults.push('blank');
  if (cue.end > MAX_MS || cue.start < 0) faults.push('beyond');
  if (cue.text.length > MAX_CHARS) faults.push('long');
  if (before && cue.start < before.end) faults.push('overlap');
  return faults;
}

/** Whether the server would take them all. */
export function isSound(cues: readonly Cue[]): boolean {
  return cues.length > 0 && cues.every((cue) => findFaults(cue, undefined).length === 0);
}

/** The index of the cue that is shown at a time, or of the last one before it; -1 before the first. */
export function findAt(cues: readonly Cue[], ms: number): number {
  let low = 0;
  let high = cues.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cues[middle]!.start <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export function changeCue(cues: readonly Cue[], key: number, change: Partial<Cue>): Cue[] {
  return sortCues(cues.map((cue) => (cue.key === key ? { ...cue, ...change } : cue)));
}

export function removeCue(cues: readonly Cue[], key: number): Cue[] {
  return cues.filter((cue) => cue.key !== key);
}

/** A new blank cue at a time, as long as there is room before the next one. */
export function insertCue(cues: readonly Cue[], at: number): { cues: Cue[]; key: number } {
  const start = Math.max(0, Math.round(at));
  const next = cues.find((cue) => cue.start > start);
  const room = next ? next.start - start : NEW_MS;
  const cue = makeCue(start, start + Math.max(SHORTEST_MS, Math.min(NEW_MS, room)), '');
  return { cues: sortCues([...cues, cue]), key: cue.key };
}

/** Two cues out of one: the text divided at a place, the time where it is said or in proportion. */
export function splitCue(cues: readonly Cue[], key: number, at: number, ms: number | null): Cue[] {
  const cue = cues.find((item) => item.key === key);
  if (!cue || cue.end - cue.start < 2 * SHORTEST_MS) return [...cues];
  const [head, tail] = [cue.text.slice(0, at).trim(), cue.text.slice(at).trim()];
  const share = cue.text.length > 0 ? at / cue.text.length : 0.5;
  const wanted = ms ?? cue.start + (cue.end - cue.start) * share;
  const cut = Math.min(cue.end - SHORTEST_MS, Math.max(cue.start + SHORTEST_MS, wanted));
  const second = makeCue(cut, cue.end, tail, cue.settings);
  const first = { ...cue, end: Math.round(cut), text: head };
  return sortCues(cues.flatMap((item) => (item.key === key ? [first, second] : [item])));
}

/** One cue out of a cue and the one after it. */
export function mergeCue(cues: readonly Cue[], key: number): Cue[] {
  const index = cues.findIndex((cue) => cue.key === key);
  const [first, second] = [cues[index], cues[index + 1]];
  if (!first || !second) return [...cues];
  const text = [first.text, second.text].filter((part) => part.trim() !== '').join('\n');
  const merged = { ...first, end: Math.max(first.end, second.end), text };
  return [...cues.slice(0, index), merged, ...cues.slice(index + 2)];
}

/** Moves all; what would begin before the lesson begins with it. */
export function shiftCues(cues: readonly Cue[], ms: number): Cue[] {
  return cues.map((cue) => {
    const start = Math.max(0, Math.round(cue.start + ms));
    return { ...cue, start, end: Math.max(start + SHORTEST_MS, Math.round(cue.end + ms)) };
  });
}

/** Texts are compared as people read them: no case, no tags, one form of each letter. */
export function foldText(text: string): string {
  return plainText(text).normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

/** The indexes of the cues that hold all words of a query. */
export function searchCues(cues: readonly Cue[], query: string): number[] {
  const words = foldText(query).split(' ').filter(Boolean);
  if (words.length === 0) return [];
  return cues.flatMap((cue, index) => {
    const text = foldText(cue.text);
    return words.every((word) => text.includes(word)) ? [index] : [];
  });
}
