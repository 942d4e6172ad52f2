// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The captions button, and the choice of languages where there is one.

import { language } from '../lib/i18n';
import { nameLanguage } from '../lib/languages';
import { useStore } from '../lib/store';
import { LateIcon } from '../ui/late-icons';
import type { Playback } from './playback';
import { useLiveTexts } from './texts';
import { chooseCaptions, nameTrack } from './track-names';
import type { Channel, ChannelTrack } from './types';

export function TrackChoice({ channel, playback }: { channel: Channel; playback: Playback }) {
  const texts = useLiveTexts();
  const lang = useStore(language);
  const { sound, captions } = useStore(playback.state);
  const of = (kind: ChannelTrack['kind']): ChannelTrack[] => channel.tracks.filter((track) => track.kind === kind);
  const sounds = of('sound');
  const texted = of('captions');
  const find = (name: string): ChannelTrack | null => channel.tracks.find((track) => track.name === name) ?? null;
  const own = nameLanguage(channel.sound_language ?? '', lang) || texts.ownSound;
  return (
    <>
      {sounds.length > 0 && (
        <select
          class="live-select"
          aria-label={texts.sound}
          value={sound ?? ''}
          onChange={(event) => playback.setSound(find(event.currentTarget.value))}
        >
          <option value="">{own}</option>
          {sounds.map((track) => (
            <option key={track.name} value={track.name}>
              {nameTrack(track, texts, lang)}
            </option>
          ))}
        </select>
      )}
      {texted.length > 1 && captions !== null && (
        <select
          class="live-select"
          aria-label={texts.captionsLanguage}
          value={captions}
          onChange={(event) => playback.setCaptions(find(event.currentTarget.value))}
        >
          {texted.map((track) => (
            <option key={track.name} value={track.name}>
              {nameTrack(track, texts, lang)}
            </option>
          ))}
        </select>
      )}
      {texted.length > 0 && (
        <button
          type="button"
          class="control live-captions"
          aria-label={texts.captions}
          aria-pressed={captions !== null}
          onClick={() => playback.setCaptions(captions === null ? chooseCaptions(channel.tracks, lang) : null)}
        >
          <LateIcon name="captions" />
        </button>
      )}
    </>
  );
}
