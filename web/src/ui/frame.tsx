// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The frame round every page: skip link, brand, menu, switches of language and theme.

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { call, describeError, refreshSession, session } from '../lib/api';
import { language, setLanguage, useTexts } from '../lib/i18n';
import { navigate, place } from '../lib/router';
import { useStore } from '../lib/store';
import { isDark, theme, toggleTheme } from '../lib/theme';
import type { Account, Role } from '../lib/types';
import { Notice } from './basics';
import { Icon } from './icons';
import { openSettings, settingsOpen } from './settings-door';
import { showToast, Toasts } from './toast';

const MAY_UPLOAD: readonly Role[] = ['administrator', 'manager', 'teacher', 'staff'];

/** Whether the account may bring in lessons. */
export function mayUpload(account: Account | null | undefined): boolean {
  return account ? MAY_UPLOAD.includes(account.role) : false;
}

async function logOut(): Promise<void> {
  try {
    await call('session', { method: 'DELETE' });
    await refreshSession();
    navigate('/');
  } catch (error) {
    showToast(describeError(error));
  }
}

function NavLink({ href, children }: { href: string; children: ComponentChildren }) {
  const { path } = useStore(place);
  const here = href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
  return (
    <a href={href} {...(here ? { 'aria-current': 'page' as const } : {})}>
      {children}
    </a>
  );
}

function Menu() {
  const texts = useTexts();
  const account = useStore(session)?.account ?? null;
  return (
    <nav aria-label={texts.nav.label} class="nav" id="menu">
      <NavLink href="/">{texts.nav.lessons}</NavLink>
      <NavLink href="/offline">{texts.nav.offline}</NavLink>
      {mayUpload(account) && <NavLink href="/upload">{texts.nav.upload}</NavLink>}
      {mayUpload(account) && <NavLink href="/manage">{texts.nav.manage}</NavLink>}
      {account?.role === 'administrator' && <NavLink href="/admin">{texts.nav.admin}</NavLink>}
      {account ? (
        <>
          <NavLink href="/account">{texts.nav.account}</NavLink>
          <button type="button" class="nav-button" onClick={() => void logOut()}>
            {texts.nav.logout}
          </button>
        </>
      ) : (
        <NavLink href="/login">{texts.nav.login}</NavLink>
      )}
    </nav>
  );
}

function Switches() {
  const texts = useTexts();
  useStore(theme);
  const dark = isDark();
  return (
    <>
      <button
        type="button"
        class="switch"
        lang={language.get() === 'th' ? 'en' : 'th'}
        aria-label={texts.nav.languageLabel}
        onClick={() => {
          setLanguage(language.get() === 'th' ? 'en' : 'th').catch(() => showToast(texts.errors.chunk));
        }}
      >
        {texts.nav.language}
      </button>
      <button
        type="button"
        class="control"
        aria-label={dark ? texts.nav.toLight : texts.nav.toDark}
        onClick={toggleTheme}
      >
        <Icon name={dark ? 'sun' : 'moon'} />
      </button>
      <button
        type="button"
        class="control settings-button"
        aria-haspopup="dialog"
        aria-label={texts.nav.settings}
        onClick={openSettings}
      >
        <Icon name="gauge" />
      </button>
    </>
  );
}

type SettingsModule = typeof import('./settings');

/** The settings, fetched when they are first wanted. */
function Settings() {
  const texts = useTexts();
  const open = useStore(settingsOpen);
  const [settings, setSettings] = useState<SettingsModule | null>(null);
  useEffect(() => {
    if (!open || settings) return;
    import('./settings').then(setSettings, () => {
      settingsOpen.set(false);
      showToast(texts.errors.chunk);
    });
  }, [open, settings, texts]);
  return open && settings ? <settings.SettingsDialog /> : null;
}

export function Frame({ children }: { children: ComponentChildren }) {
  const texts = useTexts();
  const where = useStore(place);
  const who = useStore(session);
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [where.path]);
  return (
    <>
      <a class="skip" href="#main">
        {texts.skip}
      </a>
      <header class={open ? 'top top-open' : 'top'}>
        <div class="top-bar">
          <a href="/" class="brand">
            <svg viewBox="0 0 32 32" aria-hidden="true">
              <path d="m16 3 3.8 8.4 9.2 1-6.9 6.1 1.9 9L16 22.9l-8 4.6 1.9-9L3 12.4l9.2-1z" />
            </svg>
            <span>{texts.brand}</span>
          </a>
          <Switches />
          <button
            type="button"
            class="control menu-button"
            aria-expanded={open}
            aria-controls="menu"
            aria-label={texts.nav.menu}
            onClick={() => setOpen(!open)}
          >
            <Icon name={open ? 'close' : 'menu'} />
          </button>
        </div>
        <Menu />
      </header>
      <main id="main" tabIndex={-1}>
        {who?.setup_needed && where.path !== '/setup' && <Notice kind="info">{texts.setupNeeded}</Notice>}
        {children}
      </main>
      <footer class="foot">
        <span>
          {texts.brand} · {texts.tagline}
        </span>
        <a href="/lite/">{texts.nav.lite}</a>
      </footer>
      <Settings />
      <Toasts />
    </>
  );
}
