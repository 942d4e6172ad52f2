// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The form of a rule; beside it what the rule would mean, asked for anew whenever a field has come to rest.

import { useEffect, useState } from 'preact/hooks';
import { MomentField } from '../guide/moment-field';
import { nameWeekday } from '../guide/days';
import { useGuideTexts } from '../guide/texts';
import type { Visibility } from '../guide/types';
import { call, describeError, isAbort } from '../lib/api';
import { language } from '../lib/i18n';
import { useStore } from '../lib/store';
import type { Channel } from '../live/types';
import { Notice } from '../ui/basics';
import { SelectField, TextField } from '../ui/forms';
import { EVERY_DAY, makeBody, type Draft } from './draft';
import { Matches } from './matches';
import { useRulesTexts } from './texts';
import type { RuleBody, RuleMatch } from './types';

const REST_MS = 500;
const MONDAY = new Date(2026, 2, 2);

type Body = Omit<RuleBody, 'enabled'>;

function nameDayOfWeek(day: number, lang: 'th' | 'en'): string {
  return nameWeekday(new Date(MONDAY).setDate(MONDAY.getDate() + day - 1), lang);
}

/** The days as one reads them. */
export function nameDays(days: readonly number[], lang: 'th' | 'en', everyDay: string): string {
  return days.length === EVERY_DAY.length ? everyDay : days.map((day) => nameDayOfWeek(day, lang)).join(' ');
}

interface PartProps {
  draft: Draft;
  set: (part: Partial<Draft>) => void;
}

function Weekdays({ draft, set }: PartProps) {
  const texts = useRulesTexts();
  const lang = useStore(language);
  const turn = (day: number): void => {
    const left = draft.weekdays.filter((one) => one !== day);
    const days = left.length < draft.weekdays.length ? left : [...left, day].sort((a, b) => a - b);
    if (days.length > 0) set({ weekdays: days });
  };
  return (
    <div class="rule-days" role="group" aria-label={texts.weekdays}>
      {EVERY_DAY.map((day) => (
        <button
          key={day}
          type="button"
          class="guide-day"
          aria-pressed={draft.weekdays.includes(day)}
          onClick={() => turn(day)}
        >
          {nameDayOfWeek(day, lang)}
        </button>
      ))}
    </div>
  );
}

function Check(props: { label: string; checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      {props.label}
    </label>
  );
}

function More({ draft, set }: PartProps) {
  const texts = useRulesTexts();
  const guide = useGuideTexts();
  const visibilities = Object.entries(guide.visibilities) as [Visibility, string][];
  return (
    <details>
      <summary class="summary">{texts.more}</summary>
      <div class="field-row">
        <TextField label={texts.before} value={draft.before} onInput={(before) => set({ before })} />
        <TextField label={texts.after} value={draft.after} onInput={(after) => set({ after })} />
        <TextField label={texts.keep} value={draft.keep} onInput={(keep) => set({ keep })} />
      </div>
      <div class="field-row">
        <TextField label={texts.rights} value={draft.rights} onInput={(rights) => set({ rights })} />
        <TextField label={texts.licence} value={draft.licence} onInput={(licence) => set({ licence })} />
        <SelectField
          label={texts.visibility}
          value={draft.visibility}
          options={visibilities}
          onChange={(visibility) => set({ visibility })}
        />
      </div>
    </details>
  );
}

/** What the rule would mean; null while nobody knows. */
function usePreview(body: Body): { items: RuleMatch[] | null; fault: string | null } {
  const [items, setItems] = useState<RuleMatch[] | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const text = JSON.stringify(body);
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      const options = { method: 'POST', body: JSON.parse(text) as Body, signal: abort.signal } as const;
      call<{ items: RuleMatch[] }>('rules/preview', options).then(
        (found) => {
          setItems(found.items);
          setFault(null);
        },
        (error: unknown) => {
          if (isAbort(error)) return;
          setItems(null);
          setFault(describeError(error));
        },
      );
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text]);
  return { items, fault };
}

function isBegun(draft: Draft): boolean {
  const words = draft.title.trim() || draft.keywords.trim() || draft.series;
  return Boolean(words || (draft.channel && draft.from && draft.until));
}

function Preview({ body }: { body: Body }) {
  const texts = useRulesTexts();
  const { items, fault } = usePreview(body);
  if (fault) return <Notice kind="warning">{fault}</Notice>;
  return items && <Matches items={items} label={texts.preview} />;
}

export function RuleForm(props: {
  draft: Draft;
  channels: readonly Channel[];
  submit: string;
  onSubmit: (body: Body) => Promise<void>;
  onCancel?: () => void;
}) {
  const texts = useRulesTexts();
  const [draft, setDraft] = useState(props.draft);
  const [series] = useState(props.draft.series);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const set = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
  const channelName = props.channels.find(({ id }) => id === draft.channel)?.name ?? texts.heading;
  const body = makeBody(draft, channelName);
  const options = [['', texts.anyChannel] as const, ...props.channels.map((one) => [one.id, one.name] as const)];
  const submit = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setError(null);
    await props.onSubmit(body).catch((fault: unknown) => setError(describeError(fault)));
    setBusy(false);
  };
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {error && <Notice kind="error">{error}</Notice>}
      <div class="field-row rule-words">
        <TextField label={texts.words} help={texts.wordsHelp} value={draft.title} onInput={(title) => set({ title })} />
        <TextField
          label={texts.keywords}
          help={texts.keywordsHelp}
          value={draft.keywords}
          onInput={(keywords) => set({ keywords })}
        />
        <SelectField label={texts.channel} value={draft.channel} options={options} onChange={(channel) => set({ channel })} />
      </div>
      <Weekdays draft={draft} set={set} />
      <div class="field-row">
        <MomentField type="time" label={texts.from} value={draft.from} onInput={(from) => set({ from })} />
        <MomentField type="time" label={texts.until} value={draft.until} onInput={(until) => set({ until })} />
      </div>
      <p class="hint">{texts.untilHelp}</p>
      {series && (
        <Check
          label={texts.series}
          checked={draft.series !== null}
          onChange={(checked) => set({ series: checked ? series : null })}
        />
      )}
      <Check label={texts.repeats} checked={draft.repeats} onChange={(repeats) => set({ repeats })} />
      <More draft={draft} set={set} />
      {isBegun(draft) && <Preview body={body} />}
      <div class="actions">
        <button type="submit" class="button button-main" aria-busy={busy}>
          {props.submit}
        </button>
        {props.onCancel && (
          <button type="button" class="button button-quiet" onClick={props.onCancel}>
            {texts.cancel}
          </button>
        )}
      </div>
    </form>
  );
}
