// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// All rules: what each means, off and on, edit, delete with an undo; a new one, perhaps from a programme of the guide.

import { useState } from 'preact/hooks';
import { call, describeError } from '../lib/api';
import { language } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { navigate, place } from '../lib/router';
import { useStore } from '../lib/store';
import type { Channel } from '../live/types';
import { ErrorNotice } from '../ui/basics';
import { showToast } from '../ui/toast';
import { WorkButton } from '../ui/work';
import { emptyDraft, readDraft, readSuggestion, repeatBody } from './draft';
import { nameDays, RuleForm } from './form';
import { Matches } from './matches';
import { useRulesTexts } from './texts';
import type { Rule, RuleBody, RuleMatch } from './types';
import './rules.css';

interface RowProps {
  rule: Rule;
  channels: readonly Channel[];
  onChanged: () => void;
}

function getPath(rule: Rule): string {
  return `rules/${encodeURIComponent(rule.id)}`;
}

function Meant({ rule }: { rule: Rule }) {
  const texts = useRulesTexts();
  const { data, error, reload } = useLoad(
    (signal) => call<{ items: RuleMatch[] }>(`${getPath(rule)}/matches`, { signal }),
    [rule.id, rule.etag],
  );
  if (error) return <ErrorNotice message={error} onRetry={reload} />;
  return data && <Matches items={data.items} label={texts.previewOf(rule.name)} />;
}

function Edit({ rule, channels, onChanged }: RowProps) {
  const texts = useRulesTexts();
  const save = async (body: Omit<RuleBody, 'enabled'>): Promise<void> => {
    const saved = await call<Rule>(getPath(rule), { method: 'PATCH', body, etag: rule.etag });
    showToast(texts.saved(saved.name));
    onChanged();
  };
  return <RuleForm draft={readDraft(rule)} channels={channels} submit={texts.save} onSubmit={save} />;
}

/** A part that is built when it is opened for the first time. */
function Opened(props: { summary: string; build: () => preact.ComponentChildren }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="summary">{props.summary}</summary>
      {open && props.build()}
    </details>
  );
}

function listFacts(rule: Rule, channels: readonly Channel[], texts: ReturnType<typeof useRulesTexts>, lang: 'th' | 'en'): string[] {
  const channel = channels.find(({ id }) => id === rule.channel);
  return [
    rule.channel ? (channel?.name ?? '') : texts.anyChannel,
    nameDays(rule.weekdays, lang, texts.everyDay),
    rule.from && rule.until ? `${rule.from}–${rule.until}` : '',
    rule.keywords,
    rule.keep_days > 0 ? texts.keepDays(rule.keep_days) : '',
    rule.owner?.name ?? '',
  ].filter(Boolean);
}

function Acts({ rule, onChanged }: Omit<RowProps, 'channels'>) {
  const texts = useRulesTexts();
  const tell = (fault: unknown): void => showToast(describeError(fault));
  const turn = async (): Promise<void> => {
    const body = { enabled: !rule.enabled };
    await call<Rule>(getPath(rule), { method: 'PATCH', body, etag: rule.etag }).then(
      () => showToast(rule.enabled ? texts.switchedOff(rule.name) : texts.switchedOn(rule.name)),
      tell,
    );
    onChanged();
  };
  const remove = async (): Promise<void> => {
    const undo = (): void => {
      call<Rule>('rules', { method: 'POST', body: repeatBody(rule) }).then(onChanged, tell);
    };
    await call(getPath(rule), { method: 'DELETE', etag: rule.etag }).then(
      () => showToast(texts.removed(rule.name), undo),
      tell,
    );
    onChanged();
  };
  return (
    <div class="actions">
      <WorkButton
        class="button button-quiet"
        label={rule.enabled ? texts.switchOffOf(rule.name) : texts.switchOnOf(rule.name)}
        onWork={turn}
      >
        {rule.enabled ? texts.switchOff : texts.switchOn}
      </WorkButton>
      <WorkButton class="button button-quiet button-bad" label={texts.removeOf(rule.name)} onWork={remove}>
        {texts.remove}
      </WorkButton>
    </div>
  );
}

function RuleRow(props: RowProps) {
  const { rule, channels } = props;
  const texts = useRulesTexts();
  const lang = useStore(language);
  return (
    <li class="row rule">
      <div class="row-main">
        <p class="row-title">
          {rule.name} {!rule.enabled && <span class="chip">{texts.off}</span>}
        </p>
        <p class="hint">{listFacts(rule, channels, texts, lang).join(' · ')}</p>
        <Opened summary={texts.previewOf(rule.name)} build={() => <Meant key={rule.etag} rule={rule} />} />
        {rule.may_edit && (
          <Opened summary={texts.edit(rule.name)} build={() => <Edit key={rule.etag} {...props} />} />
        )}
      </div>
      {rule.may_edit && <Acts rule={rule} onChanged={props.onChanged} />}
    </li>
  );
}

/** A new one; open when an address suggests it. */
function NewRule({ channels, onChanged }: Omit<RowProps, 'rule'>) {
  const texts = useRulesTexts();
  const { search } = useStore(place);
  const suggested = readSuggestion(search);
  const [open, setOpen] = useState(suggested !== null);
  const leave = (): void => {
    setOpen(false);
    if (suggested) navigate('/recordings', { replace: true });
  };
  const make = async (body: Omit<RuleBody, 'enabled'>): Promise<void> => {
    const made = await call<Rule>('rules', { method: 'POST', body });
    showToast(texts.made(made.name));
    leave();
    onChanged();
  };
  return (
    <details class="panel" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="summary">{texts.add}</summary>
      {open && (
        <RuleForm
          key={search}
          draft={suggested ?? emptyDraft()}
          channels={channels}
          submit={texts.make}
          onSubmit={make}
          onCancel={leave}
        />
      )}
    </details>
  );
}

export function RulesPanel({ channels, onChanged }: { channels: readonly Channel[]; onChanged: () => void }) {
  const texts = useRulesTexts();
  const lang = useStore(language);
  const { data, error, reload } = useLoad((signal) => call<{ items: Rule[] }>('rules', { signal }), [lang]);
  const note = (): void => {
    reload();
    onChanged();
  };
  const items = data?.items ?? [];
  return (
    <section class="section" aria-label={texts.heading}>
      <h2>{texts.heading}</h2>
      <p class="hint">{items.length > 0 || !data ? texts.help : texts.none}</p>
      {error && <ErrorNotice message={error} onRetry={reload} />}
      {items.length > 0 && (
        <ul class="panel rows">
          {items.map((rule) => (
            <RuleRow key={rule.id} rule={rule} channels={channels} onChanged={note} />
          ))}
        </ul>
      )}
      <NewRule channels={channels} onChanged={note} />
    </section>
  );
}
