// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The language of the page: Thai first, English by the switch, remembered. Texts are two typed
// dictionaries; a key that one of them lacks does not compile. English is a chunk of its own, so that
// the first visit of a Thai learner does not carry it.

import { th, type Texts } from '../texts/th';
import { recall, remember } from './storage';
import { createStore, useStore } from './store';
import type { Language } from './types';

export const language = createStore<Language>('th');

type English = typeof import('../texts/en');

let english: English | null = null;

/** All English texts when the page is English, else null. */
export function readEnglish(): English | null {
  return language.get() === 'en' ? english : null;
}

/** The texts of the present language, for code outside components. */
export function t(): Texts {
  return readEnglish()?.en ?? th;
}

/** The texts of the present language; the component renders again when it changes. */
export function useTexts(): Texts {
  useStore(language);
  return t();
}

/** Sets and remembers the language once its texts are here, and tells assistive technology. */
export async function setLanguage(next: Language): Promise<void> {
  if (next === 'en') english ??= await import('../texts/en');
  remember('language', next);
  document.documentElement.lang = next;
  language.set(next);
}

/** The language chosen on an earlier visit. Without its texts the page is Thai. */
export async function restoreLanguage(): Promise<void> {
  if (recall<string>('language', 'th') === 'en') await setLanguage('en').catch(() => undefined);
}

/** A BCP 47 tag for the text of a lesson, or undefined when it is the page's own. */
export function lessonLang(tag: string | null | undefined): string | undefined {
  return tag && /^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/.test(tag) ? tag : undefined;
}
