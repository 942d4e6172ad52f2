// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A booking that lost its tuner: what is in the way, and another showing that can be taken in its place.

import { useState } from 'preact/hooks';
import { call, describeError } from '../lib/api';
import { WorkButton } from '../ui/work';
import { showToast } from '../ui/toast';
import { ClashDialog, unbook } from './book';
import { readAnswer, type Clash, type Showing } from './clash';
import { useGuideTexts } from './texts';
import type { Booking } from './types';

/** What of a booking stays the same at another showing. */
function keepRest(booking: Booking): Record<string, unknown> {
  const { padding_before_s, padding_after_s, title, description } = booking;
  const { rights_holder, licence, keep_until_ms, visibility } = booking;
  return { padding_before_s, padding_after_s, title, description, rights_holder, licence, keep_until_ms, visibility };
}

export function WaitingClash({ booking, onChanged }: { booking: Booking; onChanged: () => void }) {
  const texts = useGuideTexts();
  const [clash, setClash] = useState<Clash | null>(null);
  const look = async (): Promise<void> => {
    try {
      const answer = await call<Record<string, unknown>>(`bookings/${encodeURIComponent(booking.id)}/clash`);
      if (answer.tuners !== null) {
        setClash(readAnswer(answer, booking.title));
        return;
      }
      showToast(texts.clashGone);
    } catch (fault) {
      showToast(describeError(fault));
    }
    onChanged();
  };
  const take = async (showing: Showing): Promise<void> => {
    setClash(null);
    try {
      const body = { ...keepRest(booking), channel: showing.channel, event_id: showing.event_id };
      const taken = await call<Booking>('bookings', { method: 'POST', body });
      await unbook(booking);
      showToast(texts.booked(taken.title));
    } catch (fault) {
      showToast(describeError(fault));
    }
    onChanged();
  };
  return (
    <>
      <div class="actions">
        <WorkButton class="button" label={texts.lookClashOf(booking.title)} onWork={look}>
          {texts.lookClash}
        </WorkButton>
      </div>
      {clash && <ClashDialog clash={clash} onTake={(showing) => void take(showing)} onClose={() => setClash(null)} />}
    </>
  );
}
