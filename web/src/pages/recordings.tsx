// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Recordings: what is to come and under way, what became of the past; booking by time. States come by the event
// stream.

import { useState } from 'preact/hooks';
import { BookingRow, isOpen } from '../guide/booking-row';
import { ByTime } from '../guide/by-time';
import { useGuideTexts } from '../guide/texts';
import type { BookingList } from '../guide/types';
import { call } from '../lib/api';
import { language } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { useLive } from '../lib/staff';
import { useStore } from '../lib/store';
import type { ChannelList } from '../live/types';
import { RulesPanel } from '../rules/panel';
import { Empty, ErrorNotice, Loading, PageHead } from '../ui/basics';
import { EDITORS, ForRoles } from '../ui/forms';
import '../live/live.css';
import '../guide/guide.css';

function Lists() {
  const texts = useGuideTexts();
  const lang = useStore(language);
  const [turn, setTurn] = useState(0);
  const [onNews] = useState(() => () => setTurn((n) => n + 1));
  useLive({ onBooking: onNews, onOpen: onNews });
  const channels = useLoad((signal) => call<ChannelList>('channels', { signal }), [lang]);
  const { data, error, loading, reload } = useLoad(
    (signal) => call<BookingList>('bookings?limit=200', { signal }),
    [lang, turn],
  );
  const items = data?.items ?? [];
  const coming = items.filter(isOpen).sort((a, b) => a.start_ms - b.start_ms);
  const past = items.filter((booking) => !isOpen(booking)).sort((a, b) => b.start_ms - a.start_ms);
  return (
    <>
      <p class="actions">
        <a class="button button-main" href="/guide">
          {texts.toGuide}
        </a>
      </p>
      {channels.data && channels.data.items.length > 0 && (
        <ByTime channels={channels.data.items} onChanged={reload} />
      )}
      {channels.data && <RulesPanel channels={channels.data.items} onChanged={reload} />}
      {error && <ErrorNotice message={error} onRetry={reload} />}
      {loading && !data && <Loading />}
      {data && coming.length === 0 && <Empty title={texts.none} help={texts.noneHelp} />}
      {coming.length > 0 && (
        <section class="section" aria-label={texts.coming}>
          <h2>{texts.coming}</h2>
          <ul class="panel rows">
            {coming.map((booking) => (
              <BookingRow key={booking.id} booking={booking} onChanged={reload} />
            ))}
          </ul>
        </section>
      )}
      {past.length > 0 && (
        <section class="section" aria-label={texts.past}>
          <h2>{texts.past}</h2>
          <ul class="panel rows">
            {past.map((booking) => (
              <BookingRow key={booking.id} booking={booking} onChanged={reload} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

export default function RecordingsPage() {
  const texts = useGuideTexts();
  return (
    <ForRoles title={texts.recordings} roles={EDITORS}>
      <PageHead title={texts.recordings}>
        <p class="hint">{texts.recordingsHelp}</p>
      </PageHead>
      <Lists />
    </ForRoles>
  );
}
