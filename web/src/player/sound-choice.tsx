// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Which sound is heard, where a lesson has several: named by language, audio description told apart, with what
// it costs besides.

import { useEffect, useState } from 'preact/hooks';
import { formatBytes } from '../lib/format';
import { language } from '../lib/i18n';
import { nameLanguage } from '../lib/languages';
import { useLateTexts } from '../lib/late';
import { useStore } from '../lib/store';
import type { Lesson, Sound } from '../lib/types';
import { OtherSound } from './other-sound';
import type { Session } from './session';

function Choice({ other, lesson, sounds }: { other: OtherSound; lesson: Lesson; sounds: Sound[] }) {
  const texts = useLateTexts().player;
  const lang = useStore(language);
  const { name, failed } = useStore(other.state);
  const label = (sound: Sound): string => {
    const spoken = nameLanguage(sound.language, lang) || texts.sound;
    return `${spoken}${sound.purpose === 'described' ? ` (${texts.described})` : ''}`;
  };
  return (
    <>
      <label class="speed sound-choice">
        <span class="unseen">{texts.sound}</span>
        <select
          value={name ?? ''}
          onChange={(event) => {
            const wanted = sounds.find((sound) => sound.name === event.currentTarget.value) ?? null;
            other.choose(wanted, (lesson.duration_ms ?? 0) / 1000);
          }}
        >
          <option value="">{nameLanguage(lesson.language ?? '', lang) || texts.ownSound}</option>
          {sounds.map((sound) => (
            <option key={sound.name} value={sound.name}>
              {label(sound)} · {formatBytes(sound.bytes)}
            </option>
          ))}
        </select>
      </label>
      <span class="unseen" role="status">
        {failed && texts.soundFailed}
      </span>
    </>
  );
}

/** Nothing where there is one sound, or of a copy that is kept here: it has but its own. */
export function SoundChoice({ session, lesson }: { session: Session; lesson: Lesson }) {
  const sounds = lesson.kept_only ? [] : (lesson.sounds ?? []);
  const several = sounds.length > 0;
  const [other, setOther] = useState<OtherSound | null>(session.other);
  useEffect(() => {
    if (several) setOther((session.other ??= new OtherSound(session)));
  }, [session, several]);
  return other && several ? <Choice other={other} lesson={lesson} sounds={sounds} /> : null;
}
