// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One booking: its state, what became of it, what is missing in it; edit, cancel, stop.

import { useState } from 'preact/hooks';
import { call, describeError } from '../lib/api';
import { language } from '../lib/i18n';
import { useStore } from '../lib/store';
import { formatWall } from '../live/texts';
import { Notice } from '../ui/basics';
import { SelectField, TextArea, TextField } from '../ui/forms';
import { showToast } from '../ui/toast';
import { WorkButton } from '../ui/work';
import { unbook } from './book';
import { readDay, writeDay, writeTime } from './days';
import { Gaps } from './gaps';
import { MomentField } from './moment-field';
import { PatchGaps } from './patch-gaps';
import { useGuideTexts } from './texts';
import type { Booking, Visibility } from './types';
import { WaitingClash } from './waiting-clash';

const OPEN = ['waiting', 'running', 'finishing'];

/** Whether something is still to come of it. */
export function isOpen(booking: Booking): boolean {
  return OPEN.includes(booking.state);
}

interface Draft {
  title: string;
  description: string;
  before: string;
  after: string;
  rights: string;
  licence: string;
  keep: string;
  visibility: Visibility;
}

function readDraft(booking: Booking): Draft {
  return {
    title: booking.title,
    description: booking.description,
    before: String(booking.padding_before_s / 60),
    after: String(booking.padding_after_s / 60),
    rights: booking.rights_holder,
    licence: booking.licence,
    keep: booking.keep_until_ms === null ? '' : writeDay(booking.keep_until_ms),
    visibility: booking.visibility,
  };
}

function makeBody(draft: Draft): Record<string, unknown> {
  return {
    title: draft.title.trim(),
    description: draft.description,
    padding_before_s: Math.round((Number(draft.before) || 0) * 60),
    padding_after_s: Math.round((Number(draft.after) || 0) * 60),
    rights_holder: draft.rights.trim(),
    licence: draft.licence.trim(),
    keep_until_ms: readDay(draft.keep),
    visibility: draft.visibility,
  };
}

function Edit({ booking, onChanged }: { booking: Booking; onChanged: () => void }) {
  const texts = useGuideTexts();
  const [draft, setDraft] = useState(readDraft(booking));
  const [error, setError] = useState<string | null>(null);
  const set = (part: Partial<Draft>): void => setDraft({ ...draft, ...part });
  const save = async (): Promise<void> => {
    setError(null);
    try {
      const path = `bookings/${encodeURIComponent(booking.id)}`;
      const saved = await call<Booking>(path, { method: 'PATCH', body: makeBody(draft), etag: booking.etag });
      showToast(texts.saved(saved.title));
      onChanged();
    } catch (fault) {
      setError(describeError(fault));
    }
  };
  const visibilities = Object.entries(texts.visibilities) as [Visibility, string][];
  return (
    <details>
      <summary class="summary">{texts.edit(booking.title)}</summary>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {error && <Notice kind="error">{error}</Notice>}
        <TextField label={texts.title} value={draft.title} onInput={(title) => set({ title })} required />
        <TextArea label={texts.description} value={draft.description} onInput={(description) => set({ description })} />
        <div class="field-row">
          <TextField label={texts.before} value={draft.before} onInput={(before) => set({ before })} />
          <TextField label={texts.after} value={draft.after} onInput={(after) => set({ after })} />
        </div>
        <div class="field-row">
          <TextField label={texts.rights} value={draft.rights} onInput={(rights) => set({ rights })} />
          <TextField label={texts.licence} value={draft.licence} onInput={(licence) => set({ licence })} />
        </div>
        <div class="field-row">
          <MomentField type="date" label={texts.keepUntil} value={draft.keep} onInput={(keep) => set({ keep })} />
          <SelectField
            label={texts.visibility}
            value={draft.visibility}
            options={visibilities}
            onChange={(visibility) => set({ visibility })}
          />
        </div>
        <div class="actions">
          <button type="submit" class="button button-main">
            {texts.save}
          </button>
        </div>
      </form>
    </details>
  );
}

/** What books it again, as far as it can be said. */
function repeatBody(booking: Booking): Record<string, unknown> {
  const { channel, start_ms, end_ms, padding_before_s, padding_after_s, title, description } = booking;
  const { rights_holder, licence, keep_until_ms, visibility } = booking;
  const rest = { padding_before_s, padding_after_s, title, description, rights_holder, licence, keep_until_ms, visibility };
  return { channel, start_ms, end_ms, ...rest };
}

export function BookingRow({ booking, onChanged }: { booking: Booking; onChanged: () => void }) {
  const texts = useGuideTexts();
  const lang = useStore(language);
  const end = async (): Promise<void> => {
    try {
      await unbook(booking);
      const undo = (): void => {
        call('bookings', { method: 'POST', body: repeatBody(booking) }).then(onChanged, (fault: unknown) =>
          showToast(describeError(fault)),
        );
      };
      if (booking.state === 'waiting') showToast(texts.cancelled(booking.title), undo);
    } catch (fault) {
      showToast(describeError(fault));
    }
    onChanged();
  };
  const facts = [
    booking.channel_name,
    `${formatWall(booking.start_ms, lang)}–${writeTime(booking.end_ms)}`,
    ...(booking.follows ? [texts.follows] : []),
    ...(booking.rule_id ? [texts.byRule] : []),
    ...(booking.owner?.name ? [booking.owner.name] : []),
  ];
  return (
    <li class="row booking">
      <div class="row-main">
        <p class="row-title">
          {booking.title}{' '}
          <span class={`chip chip-${booking.state}`}>{texts.states[booking.state] ?? booking.state}</span>
        </p>
        <p class="hint">{facts.join(' · ')}</p>
        {booking.error && <Notice kind="error">{booking.error.sentence}</Notice>}
        {booking.may_edit && booking.state === 'waiting' && booking.error?.code === 'tuners' && (
          <WaitingClash booking={booking} onChanged={onChanged} />
        )}
        {booking.fills && <p class="hint">{texts.fills}</p>}
        <Gaps gaps={booking.gaps} />
        <PatchGaps booking={booking} onChanged={onChanged} />
        {booking.may_edit && booking.state === 'waiting' && (
          <Edit key={booking.etag} booking={booking} onChanged={onChanged} />
        )}
      </div>
      <div class="actions">
        {booking.lesson_id && (
          <a class="button" href={`/watch/${booking.lesson_id}`} aria-label={`${texts.lesson} ${booking.title}`}>
            {texts.lesson}
          </a>
        )}
        {booking.may_edit && booking.state === 'waiting' && (
          <WorkButton class="button button-quiet" label={texts.cancelOf(booking.title)} onWork={end}>
            {texts.cancel}
          </WorkButton>
        )}
        {booking.may_edit && booking.state === 'running' && (
          <WorkButton class="button button-quiet button-bad" label={texts.stopOf(booking.title)} onWork={end}>
            {texts.stop}
          </WorkButton>
        )}
      </div>
    </li>
  );
}
