// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Filling what is missing in a recording from a repeat: which showings would do, how far it is, what came of
// it. Under a booking, and on a lesson's page as a chunk of its own, for whoever may edit it.

import { useState } from 'preact/hooks';
import { call, describeError } from '../lib/api';
import { formatClock } from '../lib/format';
import { language } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { useLive } from '../lib/staff';
import { useStore } from '../lib/store';
import type { Lesson } from '../lib/types';
import { formatWall } from '../live/texts';
import { ErrorNotice, Loading, Notice } from '../ui/basics';
import { showToast } from '../ui/toast';
import { Progress, WorkButton } from '../ui/work';
import type { Showing } from './clash';
import { useGuideTexts } from './texts';
import type { Booking, GapPatch, KeptRepeat } from './types';

interface Repeats {
  kept: KeptRepeat[];
  showings: (Showing & { sure: boolean })[];
}

/** What became of one order, or how far it is. */
function PatchState({ patch }: { patch: GapPatch }) {
  const texts = useGuideTexts();
  const lang = useStore(language);
  const repeat = texts.repeatOf(formatWall(patch.start_ms, lang), patch.channel_name);
  if (patch.state === 'done') {
    return <Notice kind="info">{texts.patched(patch.filled, formatClock(patch.filled_ms / 1000), repeat)}</Notice>;
  }
  if (patch.state === 'failed') {
    return (
      <Notice kind="error">
        {repeat}: {patch.error?.sentence}
      </Notice>
    );
  }
  if (patch.state === 'waiting') return <p class="hint">{texts.patchWaits(repeat)}</p>;
  return (
    <>
      <p class="hint">{patch.error?.sentence ?? texts.patching(repeat)}</p>
      <Progress percent={Math.round(patch.permille / 10)} label={texts.patching(repeat)} />
    </>
  );
}

interface ChoiceProps {
  booking: Booking;
  onChanged: () => void;
}

function Choices({ booking, onChanged }: ChoiceProps) {
  const texts = useGuideTexts();
  const lang = useStore(language);
  const path = `bookings/${encodeURIComponent(booking.id)}`;
  const { data, error, loading, reload } = useLoad((signal) => call<Repeats>(`${path}/repeats`, { signal }), [lang, path]);
  const order = async (request: () => Promise<unknown>, done: string): Promise<void> => {
    try {
      await request();
      showToast(done);
    } catch (fault) {
      showToast(describeError(fault));
    }
    onChanged();
    reload();
  };
  if (error) return <ErrorNotice message={error} onRetry={reload} />;
  if (loading && !data) return <Loading />;
  const ordered = booking.patches.filter((patch) => patch.state === 'waiting' || patch.state === 'running');
  const kept = (data?.kept ?? []).filter((repeat) => !ordered.some((patch) => patch.from === repeat.booking));
  const showings = data?.showings ?? [];
  const doubt = (sure: boolean): string => (sure ? '' : ` · ${texts.patchUnsure}`);
  return (
    <>
      <p class="hint">{kept.length + showings.length > 0 ? texts.patchHelp : texts.noRepeats}</p>
      <div class="actions">
        {kept.map((repeat) => (
          <WorkButton
            key={repeat.booking}
            class="button"
            onWork={() =>
              order(() => call(`${path}/patch`, { method: 'POST', body: { from: repeat.booking } }), texts.patchOrdered)
            }
          >
            {texts.patchFrom(texts.repeatOf(formatWall(repeat.start_ms, lang), repeat.channel_name)) + doubt(repeat.sure)}
          </WorkButton>
        ))}
        {showings.map((showing) => (
          <WorkButton
            key={`${showing.channel} ${showing.event_id}`}
            class="button"
            onWork={() =>
              order(
                () =>
                  call('bookings', {
                    method: 'POST',
                    body: { channel: showing.channel, event_id: showing.event_id, fills: booking.id },
                  }),
                texts.patchBooked,
              )
            }
          >
            {texts.patchBook(texts.repeatOf(formatWall(showing.start_ms, lang), showing.channel_name)) + doubt(showing.sure)}
          </WorkButton>
        ))}
      </div>
    </>
  );
}

/** Under a recording whose lesson lacks something, or did until now. */
export function PatchGaps({ booking, onChanged }: ChoiceProps) {
  const texts = useGuideTexts();
  const [open, setOpen] = useState(false);
  const missing = booking.gaps.some((gap) => gap.patched_from === null);
  const latest = booking.patches[0];
  if (!booking.lesson_id || !booking.may_edit || (!missing && !latest)) return null;
  return (
    <>
      {latest && <PatchState patch={latest} />}
      {missing && (
        <details class="gaps" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary class="summary">{texts.patch}</summary>
          {open && <Choices booking={booking} onChanged={onChanged} />}
        </details>
      )}
    </>
  );
}

/** On the lesson's page. The booking has the lesson's id; where it was forgotten there is nothing to choose. */
export default function LessonPatch({ lesson }: { lesson: Lesson }) {
  const texts = useGuideTexts();
  const lang = useStore(language);
  const [turn, setTurn] = useState(0);
  const [onNews] = useState(() => () => setTurn((n) => n + 1));
  useLive({ onBooking: onNews, onOpen: onNews });
  const path = `bookings/${encodeURIComponent(lesson.id)}`;
  const { data } = useLoad((signal) => call<Booking>(path, { signal }), [lang, path, turn]);
  if (!data) return null;
  const filled = (gaps: Lesson['gaps']): number => (gaps ?? []).filter((gap) => gap.patched_from).length;
  return (
    <>
      <PatchGaps booking={data} onChanged={onNews} />
      {filled(data.gaps) !== filled(lesson.gaps) && (
        <button type="button" class="button button-main" onClick={() => location.reload()}>
          {texts.patchShow}
        </button>
      )}
    </>
  );
}
