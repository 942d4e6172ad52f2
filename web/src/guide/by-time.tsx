// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Recording by the clock: a channel, a day, from and until.

import { useState } from 'preact/hooks';
import { call, describeError } from '../lib/api';
import type { Channel } from '../live/types';
import { Notice } from '../ui/basics';
import { SelectField, TextField } from '../ui/forms';
import { showToast } from '../ui/toast';
import { WorkButton } from '../ui/work';
import { ClashDialog, unbook } from './book';
import { readClash, type Clash } from './clash';
import { readSpan, writeDay } from './days';
import { MomentField } from './moment-field';
import { useGuideTexts } from './texts';
import type { Booking } from './types';

export function ByTime({ channels, onChanged }: { channels: readonly Channel[]; onChanged: () => void }) {
  const texts = useGuideTexts();
  const [channel, setChannel] = useState(channels[0]?.id ?? '');
  const [title, setTitle] = useState('');
  const [day, setDay] = useState(writeDay(Date.now()));
  const [from, setFrom] = useState('');
  const [until, setUntil] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [clash, setClash] = useState<Clash | null>(null);
  const send = async (what: Record<string, unknown>): Promise<void> => {
    setError(null);
    setClash(null);
    try {
      const body = { channel, ...(title.trim() ? { title: title.trim() } : {}), ...what };
      const made = await call<Booking>('bookings', { method: 'POST', body });
      showToast(texts.booked(made.title), () => {
        unbook(made).then(onChanged, (fault: unknown) => showToast(describeError(fault)));
      });
      setFrom('');
      setUntil('');
      onChanged();
    } catch (fault) {
      const found = readClash(fault, title);
      setClash(found);
      if (!found) setError(describeError(fault));
    }
  };
  const book = async (): Promise<void> => {
    const span = readSpan(day, from, until);
    if (span) await send({ ...span });
    else setError(texts.wrongTime);
  };
  const options = channels.map((one) => [one.id, one.name] as const);
  return (
    <details class="panel">
      <summary class="summary">{texts.byTime}</summary>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void book();
        }}
      >
        {error && <Notice kind="error">{error}</Notice>}
        <div class="field-row">
          <SelectField label={texts.channel} value={channel} options={options} onChange={setChannel} />
          <TextField label={texts.title} help={texts.titleHelp} value={title} onInput={setTitle} />
        </div>
        <div class="field-row">
          <MomentField type="date" label={texts.day} value={day} onInput={setDay} />
          <MomentField type="time" label={texts.from} value={from} onInput={setFrom} />
          <MomentField type="time" label={texts.until} value={until} onInput={setUntil} />
        </div>
        <div class="actions">
          <WorkButton class="button button-main" onWork={book}>
            {texts.book}
          </WorkButton>
        </div>
      </form>
      {clash && (
        <ClashDialog
          clash={clash}
          onTake={(showing) => void send({ channel: showing.channel, event_id: showing.event_id })}
          onClose={() => setClash(null)}
        />
      )}
    </details>
  );
}
