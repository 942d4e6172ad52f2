// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The slides of a lesson to jump by: numbers and times, which cost nothing; pictures only when asked
// for, with their price. Builds of a slide stand together under it.

import { useState } from 'preact/hooks';
import { formatBytes, formatClock } from '../lib/format';
import { useWhen } from '../lib/hooks';
import { useLateTexts } from '../lib/late';
import { useStore } from '../lib/store';
import type { Lesson } from '../lib/types';
import { Icon } from '../ui/icons';
import { LateIcon } from '../ui/late-icons';
import type { Deck, DeckState } from './deck';
import { stepSlide } from './keys';
import type { Session } from './session';
import { hasPicture, listPlayable } from './support';
import type { SlideGroup } from './slides';

/** Fetches the last still of each slide, one after another, while the strip shows pictures. */
function useThumbnails(session: Session, groups: readonly SlideGroup[], wanted: boolean): void {
  useWhen(() => {
    if (!wanted) return undefined;
    let stopped = false;
    const fetchAll = async (): Promise<void> => {
      for (const group of groups) {
        if (stopped) return;
        await session.fetchStill(group.last);
      }
    };
    fetchAll().catch(() => undefined);
    return () => {
      stopped = true;
    };
  }, [wanted, groups]);
}

function Steps({ session, state, group }: { session: Session; state: DeckState; group: SlideGroup }) {
  const texts = useLateTexts();
  const steps = Array.from({ length: group.last - group.first + 1 }, (_, i) => group.first + i);
  return (
    <div class="strip-steps">
      {steps.map((index, i) => (
        <button
          key={index}
          type="button"
          class="strip-step"
          aria-current={index === state.at ? 'step' : undefined}
          aria-label={texts.slides.step(i + 1, formatClock(state.stills[index]!.start))}
          onClick={() => session.seek(state.stills[index]!.start + 0.01)}
        />
      ))}
    </div>
  );
}

function moveFocus(event: KeyboardEvent): void {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const target = event.target as HTMLElement;
  if (!by || !target.classList.contains('strip-slide')) return;
  const all = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('.strip-slide')];
  const next = all[all.indexOf(target) + by];
  event.preventDefault();
  next?.focus();
}

function Interpreter({ lesson, onChoose }: { lesson: Lesson; onChoose: (name: string) => void }) {
  const texts = useLateTexts();
  const rung = listPlayable(lesson).find(hasPicture);
  if (!lesson.interpreter || !rung) return null;
  return (
    <p class="strip-note">
      <Icon name="info" /> {texts.slides.interpreter}{' '}
      <button type="button" class="link" onClick={() => onChoose(rung.name)}>
        {texts.slides.toInterpreter}
      </button>
    </p>
  );
}

interface StripProps {
  session: Session;
  deck: Deck;
  lesson: Lesson;
  onChoose: (name: string) => void;
}

function Slides({ session, state, pictures }: { session: Session; state: DeckState; pictures: boolean }) {
  const texts = useLateTexts();
  const here = state.groups.findIndex((group) => group.last >= state.at);
  return (
    <ol class="strip-list" onKeyDown={moveFocus}>
      {state.groups.map((group, index) => {
        const start = formatClock(state.stills[group.first]!.start);
        const url = state.urls[group.last];
        const count = group.last - group.first + 1;
        return (
          <li key={group.first}>
            <button
              type="button"
              class="strip-slide"
              tabIndex={index === Math.max(0, here) ? 0 : -1}
              aria-current={index === here ? 'true' : undefined}
              onClick={() => session.seek(state.stills[group.first]!.start + 0.01)}
            >
              {pictures && url && <img src={url} alt="" />}
              <span class="unseen">{texts.slides.slide}</span> <strong>{index + 1}</strong> <span>{start}</span>{' '}
              {count > 1 && <small>{texts.slides.steps(count)}</small>}
            </button>
            {index === here && count > 1 && <Steps session={session} state={state} group={group} />}
          </li>
        );
      })}
    </ol>
  );
}

export function Strip({ session, deck, lesson, onChoose }: StripProps) {
  const texts = useLateTexts();
  const state = useStore(deck.state);
  const [pictures, setPictures] = useState(false);
  useThumbnails(session, state.groups, pictures);
  if (state.groups.length === 0) return null;
  const missing = state.groups.filter((group) => !state.urls[group.last]).length;
  return (
    <section class="strip" aria-label={texts.slides.heading}>
      <div class="strip-head">
        <button
          type="button"
          class="control"
          aria-label={texts.slides.previous}
          onClick={() => stepSlide(session, -1)}
        >
          <LateIcon name="previous" />
        </button>
        <span class="strip-count">{texts.slides.count(state.groups.length)}</span>
        <button
          type="button"
          class="control"
          aria-label={texts.slides.next}
          onClick={() => stepSlide(session, 1)}
        >
          <LateIcon name="next" />
        </button>
        {!pictures && missing > 0 && (
          <button type="button" class="link" onClick={() => setPictures(true)}>
            {texts.slides.thumbnails(formatBytes(missing * deck.bytesPerStill))}
          </button>
        )}
      </div>
      <Slides session={session} state={state} pictures={pictures} />
      <Interpreter lesson={lesson} onChoose={onChoose} />
    </section>
  );
}
