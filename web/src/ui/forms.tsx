// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Fields with their labels, and the frame of a page that needs an account. Staff pages only.

import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { session } from '../lib/api';
import { useTexts } from '../lib/i18n';
import { place } from '../lib/router';
import { useStaffTexts } from '../lib/staff';
import { useStore } from '../lib/store';
import type { Role } from '../lib/types';
import { Empty, Loading, PageHead } from './basics';
import './staff.css';

interface FieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  help?: string | undefined;
  error?: string | undefined;
  required?: boolean;
  maxLength?: number;
  autocomplete?: string;
  placeholder?: string;
  lang?: string | undefined;
}

/** What helps with a field, or what is wrong in it. */
function FieldHelp({ id, help, error }: { id: string; help?: string | undefined; error?: string | undefined }) {
  if (!error && !help) return null;
  return (
    <p id={`${id}-help`} class={error ? 'field-error' : 'hint'}>
      {error ?? help}
    </p>
  );
}

export function TextField(props: FieldProps & { type?: 'text' | 'search' }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        type={props.type ?? 'text'}
        value={props.value}
        required={props.required}
        maxLength={props.maxLength ?? 300}
        autocomplete={props.autocomplete ?? 'off'}
        placeholder={props.placeholder}
        lang={props.lang}
        aria-invalid={props.error ? true : undefined}
        aria-describedby={props.help || props.error ? `${id}-help` : undefined}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      <FieldHelp id={id} help={props.help} error={props.error} />
    </div>
  );
}

export function TextArea(props: FieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <textarea
        id={id}
        rows={3}
        value={props.value}
        maxLength={props.maxLength ?? 10_000}
        lang={props.lang}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
    </div>
  );
}

/** A password that can be looked at before it is sent. */
export function PasswordField(props: FieldProps) {
  const id = useId();
  const texts = useStaffTexts();
  const [shown, setShown] = useState(false);
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        type={shown ? 'text' : 'password'}
        value={props.value}
        required={props.required}
        maxLength={1024}
        autocomplete={props.autocomplete ?? 'off'}
        aria-describedby={props.help ? `${id}-help` : undefined}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      {props.help && (
        <p id={`${id}-help`} class="hint">
          {props.help}
        </p>
      )}
      <label class="check">
        <input type="checkbox" checked={shown} onChange={() => setShown(!shown)} />
        {texts.login.show}
      </label>
    </div>
  );
}

export function SelectField<T extends string>(props: {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
  hideLabel?: boolean;
  disabled?: boolean;
  help?: string | undefined;
  error?: string | undefined;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id} class={props.hideLabel ? 'unseen' : undefined}>
        {props.label}
      </label>
      <select
        id={id}
        value={props.value}
        disabled={props.disabled}
        aria-invalid={props.error ? true : undefined}
        aria-describedby={props.help || props.error ? `${id}-help` : undefined}
        onChange={(event) => props.onChange(event.currentTarget.value as T)}
      >
        {props.options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      <FieldHelp id={id} help={props.help} error={props.error} />
    </div>
  );
}

/** Shows its children to the roles that may see them; others are told where to sign in. */
export function ForRoles(props: { title: string; roles: readonly Role[] | null; children: ComponentChildren }) {
  const texts = useTexts();
  const staff = useStaffTexts();
  const who = useStore(session);
  const where = useStore(place);
  if (!who) return <Loading />;
  if (who.account && (!props.roles || props.roles.includes(who.account.role))) return <>{props.children}</>;
  return (
    <>
      <PageHead title={props.title} />
      <Empty title={staff.forbidden} help={staff.forbiddenHelp}>
        <a class="button button-main" href={`/login?next=${encodeURIComponent(where.path + where.search)}`}>
          {texts.nav.login}
        </a>
      </Empty>
    </>
  );
}

/** Roles that may bring in lessons. */
export const EDITORS: readonly Role[] = ['administrator', 'manager', 'teacher', 'staff'];

/** Something secret that is shown once, with a way to copy it. */
export function ShownOnce({ title, value }: { title: string; value: string }) {
  const texts = useStaffTexts();
  const id = useId();
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    const field = document.getElementById(id) as HTMLInputElement | null;
    field?.select();
    const done = navigator.clipboard
      ? navigator.clipboard.writeText(value)
      : Promise.resolve(document.execCommand('copy'));
    void Promise.resolve(done).then(
      () => setCopied(true),
      () => undefined,
    );
  };
  return (
    <div class="once" role="status">
      <label for={id}>{title}</label>
      <div class="once-row">
        <input id={id} readOnly value={value} onFocus={(event) => event.currentTarget.select()} />
        <button type="button" class="button" onClick={copy}>
          {copied ? texts.copied : texts.copy}
        </button>
      </div>
      <p class="hint">{texts.account.once}</p>
    </div>
  );
}
