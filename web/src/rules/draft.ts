// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A rule as it stands in the form's fields, and back; and the rule that a programme of the guide suggests. Pure.

import type { Visibility } from '../guide/types';
import type { Rule, RuleBody } from './types';

export interface Draft {
  title: string;
  keywords: string;
  channel: string;
  series: string | null;
  weekdays: number[];
  from: string;
  until: string;
  repeats: boolean;
  before: string;
  after: string;
  keep: string;
  rights: string;
  licence: string;
  visibility: Visibility;
}

export const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];

export function emptyDraft(): Draft {
  return {
    title: '',
    keywords: '',
    channel: '',
    series: null,
    weekdays: EVERY_DAY,
    from: '',
    until: '',
    repeats: false,
    before: '1',
    after: '3',
    keep: '',
    rights: '',
    licence: '',
    visibility: 'signed-in',
  };
}

export function readDraft(rule: Rule): Draft {
  return {
    title: rule.title,
    keywords: rule.keywords,
    channel: rule.channel ?? '',
    series: rule.series_crid,
    weekdays: rule.weekdays,
    from: rule.from ?? '',
    until: rule.until ?? '',
    repeats: rule.repeats,
    before: String(rule.padding_before_s / 60),
    after: String(rule.padding_after_s / 60),
    keep: rule.keep_days === 0 ? '' : String(rule.keep_days),
    rights: rule.rights_holder,
    licence: rule.licence,
    visibility: rule.visibility,
  };
}

function countSeconds(minutes: string): number {
  return Math.round((Number(minutes) || 0) * 60);
}

/** What the API takes of it; `fallback` names a rule that has no words. */
export function makeBody(draft: Draft, fallback: string): Omit<RuleBody, 'enabled'> {
  const title = draft.title.trim();
  const keywords = draft.keywords.trim();
  return {
    name: (title || keywords || fallback).slice(0, 80),
    channel: draft.channel || null,
    title,
    keywords,
    series_crid: draft.series,
    weekdays: draft.weekdays,
    from: draft.from || null,
    until: draft.until || null,
    repeats: draft.repeats,
    padding_before_s: countSeconds(draft.before),
    padding_after_s: countSeconds(draft.after),
    keep_days: Math.max(0, Math.round(Number(draft.keep) || 0)),
    rights_holder: draft.rights.trim(),
    licence: draft.licence.trim(),
    visibility: draft.visibility,
  };
}

/** What makes a rule anew that was deleted. */
export function repeatBody(rule: Rule): RuleBody {
  const { name, channel, title, keywords, series_crid, weekdays, from, until, repeats, enabled } = rule;
  const { padding_before_s, padding_after_s, keep_days, rights_holder, licence, visibility } = rule;
  const words = { name, channel, title, keywords, series_crid, weekdays, from, until, repeats, enabled };
  return { ...words, padding_before_s, padding_after_s, keep_days, rights_holder, licence, visibility };
}

const EPISODE = /(?:[\s:–([-]*(?:ตอน(?:ที่)?|ครั้งที่)|[\s:–([-]+(?:ep(?:isode)?\.?|#))\s*[\d๐-๙]+.*$/iu;

/** The title of all episodes, from that of one. */
export function suggestTitle(title: string): string {
  const whole = title.trim();
  return whole.replace(EPISODE, '').trim() || whole;
}

/** Where a rule is made from a programme. */
export function makeRulePath(channel: string, event: { title: string; series_crid?: string | null }): string {
  const query = new URLSearchParams({ rule: suggestTitle(event.title), channel });
  if (event.series_crid) query.set('series', event.series_crid);
  return `/recordings?${query}`;
}

/** The draft that an address suggests; null when it suggests none. */
export function readSuggestion(search: string): Draft | null {
  const query = new URLSearchParams(search);
  const title = query.get('rule');
  if (title === null) return null;
  return { ...emptyDraft(), title, channel: query.get('channel') ?? '', series: query.get('series') };
}
