// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a box is called: DNS names and addresses for its certificate. Text in, checked list out;
// only add_machine() asks the system. Called by the `tls` verb and by issue.c.
#pragma once

#include <gio/gio.h>

/** The most names and addresses that one certificate carries. */
#define TLS_NAMES_MAX 64

typedef struct {
    GPtrArray *hosts;     // (owned) (element-type utf8), lower case, in the order they came
    GPtrArray *addresses; // (owned) (element-type GInetAddress), in the order they came
} TlsNames;

/** Returns: (transfer full): no names. */
TlsNames *tls_names_new(void);
void tls_names_free(TlsNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TlsNames, tls_names_free)

/**
 * tls_names_add:
 * @text: a host name (letters, digits, hyphens, dots; Thai letters become punycode), or an IPv4 or
 * IPv6 address
 *
 * Adds it unless it is there. Names beyond TLS_NAMES_MAX are left out. Returns: FALSE with
 * G_IO_ERROR_INVALID_ARGUMENT when it is neither: wildcards, ports, schemes and underscores are not
 * names. Pure.
 */
gboolean tls_names_add(TlsNames *names, const char *text, GError **error);

/** Adds the machine's host name, its `.local` name, `localhost` and the addresses of its networks
 * as they are now. Blocks (kernel only). */
void tls_names_add_machine(TlsNames *names);

/** Adds all of @others. */
void tls_names_add_all(TlsNames *names, const TlsNames *others);

/** Returns: TRUE when every one of @wanted is in @names. */
gboolean tls_names_covers(const TlsNames *names, const TlsNames *wanted);
