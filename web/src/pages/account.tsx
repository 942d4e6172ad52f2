// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One's own account: password and personal tokens.

import { useState } from 'preact/hooks';
import { call, describeError, session } from '../lib/api';
import { formatDateTime } from '../lib/format';
import { language } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { useStaffTexts } from '../lib/staff';
import { useStore } from '../lib/store';
import type { Page, Token } from '../lib/types';
import { ErrorNotice, Loading, Notice, PageHead } from '../ui/basics';
import { ForRoles, PasswordField, ShownOnce, TextField } from '../ui/forms';
import { showToast } from '../ui/toast';
import { WorkButton } from '../ui/work';

function PasswordPanel() {
  const texts = useStaffTexts();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [error, setError] = useState<string | null>(null);
  const change = async (): Promise<void> => {
    setError(null);
    try {
      await call('password', { method: 'POST', body: { current, new: next } });
      setCurrent('');
      setNext('');
      showToast(texts.account.changed);
    } catch (fault) {
      setError(describeError(fault));
    }
  };
  return (
    <form
      class="panel form"
      onSubmit={(event) => {
        event.preventDefault();
        void change();
      }}
    >
      <h2>{texts.account.password}</h2>
      {error && <Notice kind="error">{error}</Notice>}
      <PasswordField
        label={texts.account.current}
        value={current}
        onInput={setCurrent}
        required
        autocomplete="current-password"
      />
      <PasswordField
        label={texts.account.next}
        help={texts.setup.passwordHelp}
        value={next}
        onInput={setNext}
        required
        autocomplete="new-password"
      />
      <button type="submit" class="button">
        {texts.account.change}
      </button>
    </form>
  );
}

function TokenRow({ token, onGone }: { token: Token; onGone: () => void }) {
  const texts = useStaffTexts();
  const lang = useStore(language);
  const remove = async (): Promise<void> => {
    if (!confirm(texts.account.confirmRemove(token.label))) return;
    try {
      await call(`tokens/${encodeURIComponent(token.id)}`, { method: 'DELETE' });
      showToast(texts.account.removed);
      onGone();
    } catch (fault) {
      showToast(describeError(fault));
    }
  };
  return (
    <li class="row">
      <div class="row-main">
        <p class="row-title">{token.label}</p>
        <p class="hint">
          {texts.account.made(formatDateTime(token.created_ms, lang))} ·{' '}
          {texts.account.used(token.last_used_ms ? formatDateTime(token.last_used_ms, lang) : texts.never)}
        </p>
      </div>
      <WorkButton onWork={remove} class="button button-quiet button-bad" label={texts.account.remove(token.label)}>
        {texts.delete}
      </WorkButton>
    </li>
  );
}

function TokensPanel() {
  const texts = useStaffTexts();
  const list = useLoad((signal) => call<Page<Token>>('tokens', { signal }), []);
  const [label, setLabel] = useState('');
  const [made, setMade] = useState<Token | null>(null);
  const create = async (): Promise<void> => {
    try {
      const body = { label: label.trim() };
      setMade(await call<Token>('tokens', { method: 'POST', body }));
      setLabel('');
      list.reload();
    } catch (fault) {
      showToast(describeError(fault));
    }
  };
  return (
    <section class="panel form">
      <h2>{texts.account.tokens}</h2>
      <p class="hint">{texts.account.tokensHelp}</p>
      {list.error && <ErrorNotice message={list.error} onRetry={list.reload} />}
      {list.loading && !list.data && <Loading />}
      {list.data?.items.length === 0 && <p>{texts.account.noTokens}</p>}
      <ul class="rows">
        {list.data?.items.map((token) => <TokenRow key={token.id} token={token} onGone={list.reload} />)}
      </ul>
      {made?.token && <ShownOnce title={made.label} value={made.token} />}
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <TextField
          label={texts.account.label}
          value={label}
          onInput={setLabel}
          required
          maxLength={100}
          placeholder={texts.account.labelExample}
        />
        <button type="submit" class="button">
          {texts.account.create}
        </button>
      </form>
    </section>
  );
}

function AccountView() {
  const texts = useStaffTexts();
  const account = useStore(session)?.account;
  return (
    <div class="medium">
      <PageHead title={texts.account.heading}>
        {account && (
          <p class="hint">
            {account.name} · {texts.roles[account.role]}
          </p>
        )}
      </PageHead>
      <PasswordPanel />
      <TokensPanel />
    </div>
  );
}

export default function AccountPage() {
  const texts = useStaffTexts();
  return (
    <ForRoles title={texts.account.heading} roles={null}>
      <AccountView />
    </ForRoles>
  );
}
