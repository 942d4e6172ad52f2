// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How sounds and captions are called: the language in the reader's own, and what they are for.

import type { Language } from '../lib/types';
import type { LiveTexts } from './texts-th';
import type { ChannelTrack } from './types';

/** A language's name with its first letter large; '' when nobody said which. */
export function nameLanguage(code: string, lang: Language): string {
  if (code === 'und' || code === '') return '';
  try {
    const name = new Intl.DisplayNames([lang], { type: 'language', fallback: 'code' }).of(code) ?? code;
    return name.charAt(0).toLocaleUpperCase(lang) + name.slice(1);
  } catch {
    return code;
  }
}

export function nameTrack(track: ChannelTrack, texts: LiveTexts, lang: Language): string {
  const what = track.kind === 'sound' ? texts.sound : texts.captions;
  const language = nameLanguage(track.language, lang) || what;
  const purpose = { main: '', described: ` (${texts.described})`, hearing: ` (${texts.hearing})` }[track.purpose];
  return `${language}${purpose}${track.number > 1 ? ` ${track.number}` : ''}`;
}

/** Captions that a press of the button shows: in the page's language, else the first. */
export function chooseCaptions(tracks: ChannelTrack[], lang: Language): ChannelTrack | null {
  const captions = tracks.filter((track) => track.kind === 'captions');
  const wanted = lang === 'en' ? 'eng' : 'tha';
  return captions.find((track) => track.language === wanted) ?? captions[0] ?? null;
}
