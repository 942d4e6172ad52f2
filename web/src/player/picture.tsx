// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The picture of what has none in its file: the slide of the present time, or the poster with sound
// alone. Part of the chunk that plays, so that the first slide waits for nothing else.

import { useTexts } from '../lib/i18n';
import { useStore } from '../lib/store';
import { Icon } from '../ui/icons';
import type { Deck } from './deck';
import type { Session } from './session';

/** The poster again, if it is here: a video element without a picture track shows black. */
function Poster({ video }: { video: HTMLVideoElement }) {
  const { poster } = video;
  return poster ? <img src={poster} alt="" /> : <Icon name="sound" />;
}

/** The slide of the present time. An earlier one stays, dimmed, until it has come. */
function Slide({ deck, video }: { deck: Deck; video: HTMLVideoElement }) {
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
        <Poster video={video} />
      )}
    </div>
  );
}

export function Picture({ session, choice }: { session: Session; choice: string }) {
  const { deck } = useStore(session.state);
  if (deck) return <Slide deck={deck} video={session.video} />;
  if (choice !== 'voice') return null;
  return (
    <div class="player-still" aria-hidden="true">
      <Poster video={session.video} />
    </div>
  );
}
