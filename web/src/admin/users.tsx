// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Accounts: add, give a role, disable, set a new password that is shown once.

import { useState } from 'preact/hooks';
import { call, describeError, session } from '../lib/api';
import { formatDateTime } from '../lib/format';
import { language } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { useStaffTexts } from '../lib/staff';
import { useStore } from '../lib/store';
import type { Page, Role, User } from '../lib/types';
import { ErrorNotice, Loading, Notice } from '../ui/basics';
import { PasswordField, SelectField, ShownOnce, TextField } from '../ui/forms';
import { showToast } from '../ui/toast';
import { WorkButton } from '../ui/work';

const ROLES: readonly Role[] = ['learner', 'staff', 'teacher', 'administrator'];

function useRoleOptions(present?: Role): readonly (readonly [Role, string])[] {
  const texts = useStaffTexts();
  const names = present && !ROLES.includes(present) ? [...ROLES, present] : ROLES;
  return names.map((role) => [role, texts.roles[role]] as const);
}

function AddUser({ onAdded }: { onAdded: () => void }) {
  const texts = useStaffTexts();
  const [name, setName] = useState('');
  const [displayName, setDisplayName] = useState('');
  const [role, setRole] = useState<Role>('teacher');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string | null>(null);
  const options = useRoleOptions();
  const add = async (): Promise<void> => {
    setError(null);
    try {
      const body = { name: name.trim(), display_name: displayName.trim() || name.trim(), role, password };
      await call<User>('users', { method: 'POST', body });
      showToast(texts.users.created(name.trim()));
      setName('');
      setDisplayName('');
      setPassword('');
      onAdded();
    } catch (fault) {
      setError(describeError(fault));
    }
  };
  return (
    <details class="panel">
      <summary class="summary">{texts.users.add}</summary>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        {error && <Notice kind="error">{error}</Notice>}
        <div class="field-row">
          <TextField
            label={texts.users.name}
            help={texts.users.nameHelp}
            value={name}
            onInput={setName}
            required
            maxLength={64}
          />
          <TextField label={texts.users.displayName} value={displayName} onInput={setDisplayName} />
        </div>
        <SelectField label={texts.users.role} value={role} options={options} onChange={setRole} />
        <PasswordField
          label={texts.users.password}
          help={texts.setup.passwordHelp}
          value={password}
          onInput={setPassword}
          required
          autocomplete="new-password"
        />
        <div class="actions">
          <button type="submit" class="button button-main">
            {texts.users.create}
          </button>
        </div>
      </form>
    </details>
  );
}

function UserRow({ user, onChanged }: { user: User; onChanged: () => void }) {
  const texts = useStaffTexts();
  const lang = useStore(language);
  const me = useStore(session)?.account?.id === user.id;
  const options = useRoleOptions(user.role);
  const [password, setPassword] = useState<string | null>(null);
  const change = async (body: Partial<User>, done: string): Promise<void> => {
    try {
      await call<User>(`users/${encodeURIComponent(user.id)}`, { method: 'PATCH', body });
      showToast(done);
    } catch (fault) {
      showToast(describeError(fault));
    }
    onChanged();
  };
  const reset = async (): Promise<void> => {
    if (!confirm(texts.users.confirmReset(user.name))) return;
    try {
      const path = `users/${encodeURIComponent(user.id)}/password-reset`;
      setPassword((await call<{ password: string }>(path, { method: 'POST' })).password);
    } catch (fault) {
      showToast(describeError(fault));
    }
  };
  const flip = (): Promise<void> =>
    change(
      { disabled: !user.disabled },
      user.disabled ? texts.users.nowEnabled(user.name) : texts.users.nowDisabled(user.name),
    );
  return (
    <li class="row">
      <div class="row-main">
        <p class="row-title">
          {user.display_name || user.name}{' '}
          {user.disabled && <span class="chip chip-withdrawn">{texts.users.disabled}</span>}
        </p>
        <p class="hint">
          {user.name} ·{' '}
          {texts.users.lastSeen(user.last_seen_ms ? formatDateTime(user.last_seen_ms, lang) : texts.never)}
          {me && ` · ${texts.users.you}`}
        </p>
      </div>
      <SelectField
        label={texts.users.roleOf(user.name)}
        hideLabel
        value={user.role}
        options={options}
        disabled={me}
        onChange={(role) => void change({ role }, texts.saved)}
      />
      <WorkButton class="button button-quiet" onWork={reset}>
        {texts.users.reset}
      </WorkButton>
      <WorkButton class="button button-quiet button-bad" onWork={flip} disabled={me}>
        {user.disabled ? texts.users.enable : texts.users.disable}
      </WorkButton>
      {password && <ShownOnce title={texts.users.newPassword(user.name)} value={password} />}
    </li>
  );
}

export function Users() {
  const texts = useStaffTexts();
  const [limit, setLimit] = useState(100);
  const { data, error, loading, reload } = useLoad(
    (signal) => call<Page<User>>(`users?limit=${limit}`, { signal }),
    [limit],
  );
  return (
    <>
      <AddUser onAdded={reload} />
      {error && <ErrorNotice message={error} onRetry={reload} />}
      {loading && !data && <Loading />}
      <ul class="panel rows">
        {data?.items.map((user) => (
          <UserRow key={user.id} user={user} onChanged={reload} />
        ))}
      </ul>
      {data?.next_cursor && limit < 500 && (
        <button type="button" class="button" onClick={() => setLimit(500)}>
          {texts.more}
        </button>
      )}
    </>
  );
}
