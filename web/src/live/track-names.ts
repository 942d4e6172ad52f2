// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How sounds and captions are called: the language in the reader's own, and what they are for.

import { nameLanguage } from '../lib/languages';
import type { Language } from '../lib/types';
import type { LiveTexts } from './texts-th';
import type { ChannelTrack } from './types';

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
