// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The first administrator, made with the one-time link that the server printed.

import { useState } from 'preact/hooks';
import { call, describeError, session } from '../lib/api';
import { navigate, place } from '../lib/router';
import { useStaffTexts } from '../lib/staff';
import { useStore } from '../lib/store';
import type { Session } from '../lib/types';
import { Notice, PageHead } from '../ui/basics';
import { PasswordField, TextField } from '../ui/forms';

export default function SetupPage() {
  const texts = useStaffTexts();
  const who = useStore(session);
  const token = new URLSearchParams(useStore(place).search).get('token');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const body = { token, name: name.trim(), password };
      session.set(await call<Session>('setup', { method: 'POST', body }));
      navigate('/admin', { replace: true });
    } catch (fault) {
      setError(describeError(fault));
    } finally {
      setBusy(false);
    }
  };
  if (who && !who.setup_needed) {
    return (
      <div class="narrow">
        <PageHead title={texts.setup.done} />
        <a class="button button-main" href="/login">
          {texts.login.heading}
        </a>
      </div>
    );
  }
  return (
    <div class="narrow">
      <PageHead title={texts.setup.heading} />
      {!token && <Notice kind="warning">{texts.setup.noToken}</Notice>}
      <form
        class="panel form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && token) void submit();
        }}
      >
        <p>{texts.setup.help}</p>
        {error && <Notice kind="error">{error}</Notice>}
        <TextField
          label={texts.login.name}
          help={texts.users.nameHelp}
          value={name}
          onInput={setName}
          required
          autocomplete="username"
        />
        <PasswordField
          label={texts.login.password}
          help={texts.setup.passwordHelp}
          value={password}
          onInput={setPassword}
          required
          autocomplete="new-password"
        />
        <button type="submit" class="button button-main" aria-busy={busy} disabled={!token}>
          {texts.setup.submit}
        </button>
      </form>
    </div>
  );
}
