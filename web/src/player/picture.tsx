// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The picture of what has none in its file: the slide of the present time, or the poster with sound
// alone. Part of the chunk that plays, so that the first slide waits for nothing else.

import { useTexts } from '../lib/i18n';
import { useStore } from '../lib/store';
import type { Lesson } from '../lib/types';
import { Icon } from '../ui/icons';
import type { Deck } from './deck';
import { readLinkHints } from './hints';
import type { Session } from './session';

/** The poster again, since a video element without a picture track shows black. */
function Poster({ lesson }: { lesson: Lesson }) {
  const poster = readLinkHints().frugal ? null : lesson.poster;
  return poster ? <img src={poster} alt="" /> : <Icon name="sound" />;
}

/** The slide of the present time. An earlier one stays, dimmed, until it has come. */
function Slide({ deck, lesson }: { deck: Deck; lesson: Lesson }) {
  const texts = useTexts().player;
  const { stills, groups, at, urls, shown } = useStore(deck.state);
  const number = groups.findIndex((group) => group.last >= shown) + 1;
  const late = at >= 0 && shown !== at;
  return (
    <div class={late ? 'player-still player-still-late' : 'player-still'}>
      {shown >= 0 ? (
        <img
          src={urls[shown]}
          alt={texts.slide(number, groups.length)}
          data-still={shown}
          data-start={stills[shown]?.start}
        />
      ) : (
        <Poster lesson={lesson} />
      )}
    </div>
  );
}

export function Picture(props: { session: Session; lesson: Lesson; choice: string }) {
  const { deck } = useStore(props.session.state);
  if (deck) return <Slide deck={deck} lesson={props.lesson} />;
  if (props.choice !== 'voice') return null;
  return (
    <div class="player-still" aria-hidden="true">
      <Poster lesson={props.lesson} />
    </div>
  );
}
