// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Signing in. After it the page that was asked for is shown.

import { useState } from 'preact/hooks';
import { call, describeError, session } from '../lib/api';
import { navigate, place } from '../lib/router';
import { useStaffTexts } from '../lib/staff';
import type { Session } from '../lib/types';
import { Notice, PageHead } from '../ui/basics';
import { PasswordField, TextField } from '../ui/forms';

/** The page to go to: only a path of ours, never another site. */
function readNext(): string {
  const next = new URLSearchParams(place.get().search).get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) ? next : '/';
}

export default function LoginPage() {
  const texts = useStaffTexts();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const body = { name: name.trim(), password };
      session.set(await call<Session>('session', { method: 'POST', body }));
      navigate(readNext(), { replace: true });
    } catch (fault) {
      setError(describeError(fault));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="narrow">
      <PageHead title={texts.login.heading} />
      <form
        class="panel form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void submit();
        }}
      >
        {error && <Notice kind="error">{error}</Notice>}
        <TextField
          label={texts.login.name}
          value={name}
          onInput={setName}
          required
          autocomplete="username"
        />
        <PasswordField
          label={texts.login.password}
          value={password}
          onInput={setPassword}
          required
          autocomplete="current-password"
        />
        <button type="submit" class="button button-main" aria-busy={busy}>
          {texts.login.submit}
        </button>
        <p class="hint">{texts.login.forgot}</p>
      </form>
    </div>
  );
}
