// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Booking from the guide: one press books, with an undo; a clash of tuners is a dialog with the showings that
// would do.

import { useEffect, useRef, useState } from 'preact/hooks';
import { call, describeError } from '../lib/api';
import { language } from '../lib/i18n';
import { useStore } from '../lib/store';
import { formatWall } from '../live/texts';
import { showToast } from '../ui/toast';
import { WorkButton } from '../ui/work';
import { readClash, type Clash, type Showing } from './clash';
import { guideText, useGuideTexts } from './texts';
import type { Booking, BookingMark, GuideEvent } from './types';

/** Cancels what has not begun; the undo books it again. */
export async function unbook(mark: { id: string; etag: string }): Promise<void> {
  await call(`bookings/${encodeURIComponent(mark.id)}`, { method: 'DELETE', etag: mark.etag });
}

export function ClashDialog(props: { clash: Clash; onTake: (showing: Showing) => void; onClose: () => void }) {
  const texts = useGuideTexts();
  const lang = useStore(language);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const { bookings, channels, alternatives } = props.clash;
  return (
    <dialog ref={dialog} class="panel clash" aria-label={texts.clash} onClose={props.onClose}>
      <h2 class="row-title">{texts.clash}</h2>
      <p>{texts.clashHelp}</p>
      {bookings.length + channels.length > 0 && (
        <>
          <h3>{texts.clashWith}</h3>
          <ul>
            {bookings.map((booking) => (
              <li key={booking.id}>
                {booking.title} {formatWall(booking.start_ms, lang)}
              </li>
            ))}
            {channels.map((name) => (
              <li key={name}>{texts.alwaysOn(name)}</li>
            ))}
          </ul>
        </>
      )}
      <h3>{texts.alternatives}</h3>
      {alternatives.length === 0 && <p class="hint">{texts.noAlternatives}</p>}
      <div class="actions">
        {alternatives.map((showing) => (
          <button
            key={`${showing.channel} ${showing.event_id}`}
            type="button"
            class="button button-main"
            onClick={() => props.onTake(showing)}
          >
            {texts.take(`${formatWall(showing.start_ms, lang)} · ${showing.channel_name}`)}
          </button>
        ))}
        <button type="button" class="button" onClick={props.onClose}>
          {texts.close}
        </button>
      </div>
    </dialog>
  );
}

interface BookProps {
  channel: string;
  event: GuideEvent;
  onChanged: () => void;
}

function makeBooking(channel: string, eventId: number): Promise<Booking> {
  return call<Booking>('bookings', { method: 'POST', body: { channel, event_id: eventId } });
}

/** Says what was done, with its undo. */
function announce(booking: Booking, onChanged: () => void): void {
  const texts = guideText();
  showToast(texts.booked(booking.title), () => {
    unbook(booking).then(onChanged, (fault: unknown) => showToast(describeError(fault)));
  });
}

function Booked({ mark, channel, event, onChanged }: BookProps & { mark: BookingMark }) {
  const texts = useGuideTexts();
  const cancel = async (): Promise<void> => {
    try {
      await unbook(mark);
      showToast(texts.cancelled(event.title), () => {
        makeBooking(channel, event.event_id).then(onChanged, (fault: unknown) => showToast(describeError(fault)));
      });
    } catch (fault) {
      showToast(describeError(fault));
    }
    onChanged();
  };
  return (
    <>
      <span class={`chip chip-${mark.state}`}>{texts.states[mark.state] ?? mark.state}</span>
      {mark.lesson_id && mark.state === 'done' && (
        <a class="button" href={`/watch/${mark.lesson_id}`}>
          {texts.lesson}
        </a>
      )}
      {mark.may_edit && mark.state === 'waiting' && (
        <WorkButton class="button button-quiet" label={texts.cancelOf(event.title)} onWork={cancel}>
          {texts.cancel}
        </WorkButton>
      )}
    </>
  );
}

/** What can be recorded of an event: nothing of what is over and cannot be rewound to any more. */
export function BookButton(props: BookProps & { firstMs: number }) {
  const { channel, event, onChanged, firstMs } = props;
  const texts = useGuideTexts();
  const [clash, setClash] = useState<Clash | null>(null);
  const book = async (where: string, eventId: number): Promise<void> => {
    setClash(null);
    try {
      announce(await makeBooking(where, eventId), onChanged);
    } catch (fault) {
      const found = readClash(fault, event.title);
      setClash(found);
      if (!found) showToast(describeError(fault));
    }
    onChanged();
  };
  const mark = event.booking;
  if (mark && mark.state !== 'cancelled') return <Booked {...props} mark={mark} />;
  if ((event.start_ms ?? 0) + (event.duration_ms ?? 0) <= firstMs) return null;
  return (
    <>
      <WorkButton label={texts.recordOf(event.title)} onWork={() => book(channel, event.event_id)}>
        {texts.record}
      </WorkButton>
      {clash && (
        <ClashDialog
          clash={clash}
          onTake={(showing) => void book(showing.channel, showing.event_id)}
          onClose={() => setClash(null)}
        />
      )}
    </>
  );
}
