// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The settings that need no account and stay in this browser: the weekly data budget with what was used
// of it, and the quality that was chosen. A dialog over the page; a chunk of its own.

import { useEffect, useRef, useState } from 'preact/hooks';
import { budget, remainingBytes, setLimit, weekOf, weekStart } from '../lib/budget';
import { formatBytes, formatDate, formatPercent } from '../lib/format';
import { language, useTexts } from '../lib/i18n';
import { useLateTexts } from '../lib/late';
import { recall, remember } from '../lib/storage';
import { useStore } from '../lib/store';
import { readLinkHints } from '../player/hints';
import { Icon } from './icons';
import './settings.css';
import { settingsOpen } from './settings-door';
import { showToast } from './toast';
import { Progress } from './work';

const MB = 1_000_000;
const OFFERS = [50, 100, 250, 500, 1000];
const MOST_MB = 1_000_000;

function Used() {
  const texts = useLateTexts().budget;
  const lang = useStore(language);
  const { limit, spent, state } = useStore(budget);
  const used = formatBytes(spent);
  const tone = state === 'over' ? 'error' : state === 'near' ? 'wait' : undefined;
  return (
    <div class="settings-used">
      <p>
        <strong>{limit === null ? texts.spent(used) : texts.spentOf(used, formatBytes(limit))}</strong>
        {limit !== null && ` · ${texts.left(formatBytes(remainingBytes()))}`}
      </p>
      {limit !== null && (
        <Progress percent={formatPercent(spent, limit)} label={texts.heading} {...(tone ? { tone } : {})} />
      )}
      <p class="hint">{texts.since(formatDate(weekStart(weekOf(Date.now())), lang))}</p>
    </div>
  );
}

function LimitForm() {
  const texts = useLateTexts().budget;
  const { limit } = useStore(budget);
  const [typed, setTyped] = useState(limit === null ? '' : String(Math.round(limit / MB)));
  const [wrong, setWrong] = useState(false);
  const save = (mb: number | null): void => {
    setTyped(mb === null ? '' : String(mb));
    setWrong(false);
    setLimit(mb === null ? null : mb * MB);
    showToast(texts.saved);
  };
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    const mb = Number(typed);
    if (typed.trim() === '') save(null);
    else if (Number.isFinite(mb) && mb >= 1 && mb <= MOST_MB) save(Math.round(mb));
    else setWrong(true);
  };
  return (
    <form class="settings-form" onSubmit={onSubmit} noValidate>
      <label for="budget-mb">{texts.limit}</label>
      <div class="settings-row">
        <input
          id="budget-mb"
          inputMode="numeric"
          autocomplete="off"
          value={typed}
          aria-invalid={wrong}
          aria-describedby={wrong ? 'budget-wrong' : undefined}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <button type="submit" class="button button-main">
          {texts.save}
        </button>
      </div>
      {wrong && (
        <p id="budget-wrong" class="settings-wrong" role="alert">
          {texts.wrong}
        </p>
      )}
      <div class="settings-offers">
        {OFFERS.map((mb) => (
          <button key={mb} type="button" class="button" aria-pressed={limit === mb * MB} onClick={() => save(mb)}>
            {formatBytes(mb * MB)}
          </button>
        ))}
        <button type="button" class="button" aria-pressed={limit === null} onClick={() => save(null)}>
          {texts.none}
        </button>
      </div>
    </form>
  );
}

function Quality() {
  const texts = useLateTexts().budget;
  const names = useTexts().rungs.name;
  const [rung, setRung] = useState(recall<string | null>('rung', null));
  const shown = ['voice', 'slides', 'lite', 'small', 'medium', 'clear', 'large', 'auto'];
  return (
    <label class="settings-quality">
      {texts.quality}
      <select
        value={rung ?? ''}
        onChange={(event) => {
          const next = event.currentTarget.value || null;
          remember('rung', next ?? undefined);
          setRung(next);
        }}
      >
        <option value="">{texts.qualityNone}</option>
        {shown.map((name) => (
          <option key={name} value={name}>
            {names[name]}
          </option>
        ))}
      </select>
    </label>
  );
}

export function SettingsDialog() {
  const common = useTexts();
  const texts = useLateTexts().budget;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    // An old browser without modal dialogs shows it as a plain box.
    if (element?.showModal) element.showModal();
    else element?.setAttribute('open', '');
  }, []);
  const close = (): void => settingsOpen.set(false);
  return (
    <dialog
      ref={dialog}
      class="settings"
      aria-labelledby="settings-title"
      onClose={close}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <div class="settings-body">
        <div class="settings-head">
          <h2 id="settings-title">{texts.heading}</h2>
          <button type="button" class="control" aria-label={common.close} onClick={close}>
            <Icon name="close" />
          </button>
        </div>
        <Used />
        <LimitForm />
        <p class="hint">{texts.help}</p>
        <Quality />
        {readLinkHints().frugal && <p class="hint">{texts.saveData}</p>}
      </div>
    </dialog>
  );
}
